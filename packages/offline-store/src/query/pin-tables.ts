import { type SnapshotId, type Table, type TimestampMs, timestampMs } from "@icecore/iceberg-catalog";
import { type At, pinSnapshot } from "../source/pin.ts";

/** A table that queries may name, and the defaults of columns that its older files lack. */
export interface QueryTable {
  /** What it is called where a snapshot of it is named. Default: as in the catalog. */
  readonly name?: string;
  readonly table: Table;
  readonly defaults: ReadonlyMap<string, string>;
}

/** A table and the snapshot that a query reads it at. */
export interface PinnedTable extends QueryTable {
  /** Undefined while the table is empty. */
  readonly snapshotId: SnapshotId | undefined;
}

/**
 * Pins tables at one state. Of several tables the latest state is one that they all had at the same time: where a commit
 * came between loading one and another, all are read as of the newest snapshot that was seen before.
 */
export async function pinTables(found: readonly QueryTable[], at: At): Promise<readonly PinnedTable[]> {
  if (at.kind !== "latest" || found.length < 2) return found.map((each) => pinned(each, at));
  const again = await Promise.all(found.map(async (each) => ({ ...each, table: await each.table.refresh() })));
  const isUnmoved = again.every(({ table }, index) => headOf(table) === headOf(found[index]?.table));
  if (isUnmoved) return again.map((each) => pinned(each, at));
  return pinnedAsOf(again, newestTime(found));
}

const pinned = (each: QueryTable, at: At): PinnedTable => ({
  ...each,
  snapshotId: pinSnapshot(each.table, at, each.name),
});

const headOf = (table: Table | undefined): SnapshotId | undefined => table?.currentSnapshot()?.snapshotId;

function newestTime(found: readonly QueryTable[]): TimestampMs | undefined {
  const times = found.flatMap(({ table }) => table.currentSnapshot()?.timestampMs ?? []);
  return times.length === 0 ? undefined : timestampMs(Math.max(...times));
}

/** Tables that had no snapshot yet are empty. */
function pinnedAsOf(found: readonly QueryTable[], time: TimestampMs | undefined): readonly PinnedTable[] {
  return found.map((each) => {
    const entry = each.table.metadata.snapshotLog.findLast(
      ({ timestampMs }) => time !== undefined && timestampMs <= time,
    );
    return { ...each, snapshotId: entry?.snapshotId };
  });
}
