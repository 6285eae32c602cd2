import type { SnapshotId } from "./ids.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";

/** The snapshot, its parent, and so on, as far as they have not expired. */
export function* ancestorsOf(metadata: TableMetadata, id: SnapshotId | undefined): Generator<Snapshot> {
  const byId = new Map(metadata.snapshots.map((snapshot) => [snapshot.snapshotId, snapshot]));
  let next = id;
  while (next !== undefined) {
    const snapshot = byId.get(next);
    if (snapshot === undefined) return;
    // Each snapshot is visited once, even where damaged metadata makes one its own ancestor.
    byId.delete(next);
    yield snapshot;
    next = snapshot.parentSnapshotId;
  }
}
