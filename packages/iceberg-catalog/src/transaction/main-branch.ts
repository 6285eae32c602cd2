import type { SnapshotId } from "../spec/ids.ts";
import { mainBranch, type SnapshotRef } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";

/** `main` at another snapshot, with the retention it has. */
export function mainAt(base: TableMetadata, snapshotId: SnapshotId): SnapshotRef {
  return { type: "branch", ...base.refs[mainBranch], snapshotId };
}
