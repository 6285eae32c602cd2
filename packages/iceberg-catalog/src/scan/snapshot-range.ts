import { IcebergError } from "../errors.ts";
import { ancestorsOf } from "../spec/ancestors.ts";
import type { SnapshotId } from "../spec/ids.ts";
import { requireSnapshot } from "../spec/require-in-metadata.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";

/**
 * The snapshots after `from`, up to and with `to`, oldest first; without `from` the whole history.
 * @throws IcebergError `SNAPSHOT_NOT_FOUND` when `to` does not exist, or when history does not reach back to `from`
 */
export function snapshotsBetween(
  metadata: TableMetadata,
  from: SnapshotId | undefined,
  to: SnapshotId,
): readonly Snapshot[] {
  const after: Snapshot[] = [];
  for (const snapshot of ancestorsOf(metadata, requireSnapshot(metadata, to).snapshotId)) {
    if (snapshot.snapshotId === from) return after.reverse();
    after.push(snapshot);
  }
  const oldest = after.at(-1);
  if (from === undefined && oldest?.parentSnapshotId === undefined) return after.reverse();
  throw new IcebergError(
    "SNAPSHOT_NOT_FOUND",
    `snapshot ${from ?? oldest?.parentSnapshotId} is not an ancestor of ${to} any more: it expired or was rolled back; read the table in full`,
    { context: { from, to } },
  );
}
