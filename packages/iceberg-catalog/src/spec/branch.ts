import { IcebergError } from "../errors.ts";
import type { SnapshotId } from "./ids.ts";
import type { Snapshot, SnapshotRef } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { findSnapshot } from "./table-metadata-lookups.ts";

/**
 * The snapshot that a commit to a branch builds on; undefined while there is none. A branch that is not there yet begins
 * where `main` is.
 * @throws IcebergError `INVALID_ARGUMENT` for a tag
 */
export function branchHead(base: TableMetadata, branch: string): Snapshot | undefined {
  const ref = base.refs[branch];
  if (ref?.type === "tag") {
    throw new IcebergError("INVALID_ARGUMENT", `"${branch}" is a tag, which stays where it is; commit to a branch`);
  }
  return findSnapshot(base, ref?.snapshotId ?? base.currentSnapshotId);
}

/** A branch at another snapshot, with the retention it has. */
export function branchAt(base: TableMetadata, branch: string, snapshotId: SnapshotId): SnapshotRef {
  return { type: "branch", ...base.refs[branch], snapshotId };
}
