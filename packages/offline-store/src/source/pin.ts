import { didYouMean } from "@icecore/feature-registry";
import type { Schema, SnapshotId, Table, TimestampMs } from "@icecore/iceberg-catalog";
import { OfflineStoreError } from "../errors.ts";

/** Which state of the tables to read: one moment for all of them, a tag, or a snapshot per view. */
export type At =
  | { readonly kind: "latest" }
  | { readonly kind: "as-of"; readonly timestampMs: TimestampMs }
  | { readonly kind: "tag"; readonly name: string }
  | { readonly kind: "snapshots"; readonly snapshots: ReadonlyMap<string, SnapshotId> };

export const latest: At = { kind: "latest" };

/** @throws OfflineStoreError `QUERY_INVALID` when a snapshot is named of a view that is not read */
export function refuseUnreadViews(at: At, read: readonly string[]): void {
  if (at.kind !== "snapshots") return;
  const unread = [...at.snapshots.keys()].find((name) => !read.includes(name));
  if (unread === undefined) return;
  throw new OfflineStoreError(
    "QUERY_INVALID",
    `a snapshot of "${unread}" is given, but nothing of that name is read${didYouMean(unread, read)}`,
  );
}

/**
 * The snapshot of a table at that state, which names its snapshots by `name`; undefined for a table that is empty then.
 * @throws IcebergError `SNAPSHOT_NOT_FOUND` when the table knows no such snapshot, tag or time
 */
export function pinSnapshot(table: Table, at: At, name: string = table.identifier.name): SnapshotId | undefined {
  switch (at.kind) {
    case "latest":
      return table.currentSnapshot()?.snapshotId;
    case "as-of":
      return table.snapshotAsOf(at.timestampMs).snapshotId;
    case "tag":
      return table.snapshotByRef(at.name).snapshotId;
    case "snapshots": {
      const pinned = at.snapshots.get(name);
      return pinned === undefined ? table.currentSnapshot()?.snapshotId : table.snapshot(pinned).snapshotId;
    }
  }
}

/**
 * The columns of a table at a snapshot: those that were current when it was written. The newest state has the columns of
 * now, which can be younger than its snapshot: a feature that was just added is there before any row has it.
 */
export function schemaAt(table: Table, snapshotId: SnapshotId | undefined): Schema {
  const isNewest = snapshotId === undefined || snapshotId === table.currentSnapshot()?.snapshotId;
  return isNewest ? table.schema : table.schemaOf(table.snapshot(snapshotId));
}
