import { bind } from "../expr/bind.ts";
import { alwaysTrue, type Predicate } from "../expr/predicate.ts";
import type { SnapshotId } from "../spec/ids.ts";
import type { Schema } from "../spec/schema.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";
import type { ChangelogTask } from "./changelog-task.ts";
import { EntryScanner } from "./entry-scanner.ts";
import { columnsWithStats, filePruner } from "./file-pruner.ts";
import type { ScanSource } from "./scan-source.ts";
import { SnapshotChanges } from "./snapshot-changes.ts";
import { snapshotsBetween } from "./snapshot-range.ts";

export interface ChangelogScanOptions {
  /** What the caller has seen already; left out: nothing. */
  readonly from?: SnapshotId;
  /** The last snapshot of interest; left out: the current one. */
  readonly to?: SnapshotId;
  /** Rows that are wanted. Files in which none can match are left out; the rows themselves are for the reader to filter. */
  readonly filter?: Predicate;
  /** Columns whose counts and bounds the tasks shall carry, besides those of the filter. */
  readonly statsOf?: readonly string[];
}

export interface ChangelogPlan {
  /** The watermark for the next time; absent while the table is empty. */
  readonly toSnapshotId?: SnapshotId;
  /** The table's current columns: files of every age are read as these. */
  readonly schema: Schema;
  /** Oldest snapshot first; what a snapshot took away comes before what it brought. */
  readonly tasks: readonly ChangelogTask[];
}

/**
 * What happened to the table's rows after `from`, up to and with `to`. Snapshots that only moved rows to other files
 * (`replace`) changed none. A row that was copied into another file by a snapshot that also changed others is told as gone
 * and come again.
 *
 * @throws IcebergError `SNAPSHOT_NOT_FOUND` when `to` does not exist or `from` is not one of its ancestors any more
 */
export async function planChangelog(
  source: ScanSource,
  { from, to, filter = alwaysTrue, statsOf = [] }: ChangelogScanOptions = {},
): Promise<ChangelogPlan> {
  const { metadata } = source;
  const schema = currentSchema(metadata);
  const pruner = filePruner(bind(filter, schema), metadata.partitionSpecs);
  const scanner = new EntryScanner(source, schema, columnsWithStats(schema, pruner, statsOf));
  const end = to ?? metadata.currentSnapshotId;
  const snapshots = end === undefined ? [] : snapshotsBetween(metadata, from, end);
  const changing = snapshots.filter((snapshot) => snapshot.summary.operation !== "replace");

  const tasks: ChangelogTask[] = [];
  for (const [changeOrdinal, snapshot] of changing.entries()) {
    const changes = new SnapshotChanges(source, snapshot, pruner, scanner);
    for await (const change of changes.tasks())
      tasks.push({ changeOrdinal, snapshotId: snapshot.snapshotId, ...change });
  }
  return { ...(end !== undefined && { toSnapshotId: end }), schema, tasks };
}
