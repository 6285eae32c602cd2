import type { LoadedTable } from "../../catalog/catalog.ts";

/** The table with only the snapshots that branches and tags point at, which is what most readers need. */
export function referencedSnapshotsOnly(table: LoadedTable): LoadedTable {
  const { metadata } = table;
  const referenced = new Set(Object.values(metadata.refs).map((ref) => ref.snapshotId));
  const snapshots = metadata.snapshots.filter((snapshot) => referenced.has(snapshot.snapshotId));
  return { ...table, metadata: { ...metadata, snapshots } };
}
