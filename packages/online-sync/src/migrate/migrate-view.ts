import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import { batchColumn } from "../arrow/batch-column.ts";
import { cellsBatch } from "../arrow/cells-batch.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { batchKeyWriter, type EntityKey, entityKeyPrefix } from "../codec/entity-key.ts";
import { valueType } from "../codec/value-type.ts";
import { OnlineStoreError } from "../errors.ts";
import type { OnlineStore, ReadResult, Watermark } from "../online-store/online-store.ts";

export interface MigrateRequest {
  readonly view: FeatureView;
  readonly from: OnlineStore;
  readonly to: OnlineStore;
  /** The older of two snapshots of the view's table; undefined when one of them is not known any more. */
  readonly olderSnapshot: (a: SnapshotId, b: SnapshotId) => SnapshotId | undefined;
  /** Whether the rows are to be removed from where they were. */
  readonly removeSource: boolean;
  readonly onProgress?: ((progress: MigrateProgress) => void) | undefined;
}

export interface MigrateProgress {
  readonly view: string;
  readonly rows: number;
}

export interface MigrateSummary {
  readonly view: string;
  /** How many rows there were. */
  readonly rows: number;
  readonly written: number;
  /** Rows that the new place had as new or newer. */
  readonly skipped: number;
  /** Where the next materialization begins; undefined: it has to read everything. */
  readonly snapshotId: SnapshotId | undefined;
  readonly removed: boolean;
}

/**
 * Copies the rows of a view from one online store into another, while both are read and written; the newest row of an
 * entity wins. The watermark that goes along is the one from before the copy, so that the first materialization in the
 * new place does again whatever was done meanwhile in the old one. Doing it again catches up with what was pushed.
 * @throws OnlineStoreError `MATERIALIZATION_RUNNING` while the view is being materialized into `to`;
 * `MIGRATION_BEHIND` when rows were to be removed and somebody still writes newer ones there: all are left
 */
export async function migrateView(request: MigrateRequest): Promise<MigrateSummary> {
  const { view, from, to, olderSnapshot, removeSource, onProgress } = request;
  const source = await from.loadWatermark(view);
  await using run = await to.beginRun(view);
  const snapshotId = startOf(source, run.watermark, olderSnapshot);
  let [rows, written] = [0, 0];
  for await (const joinKeys of from.entities(view)) {
    const found = await readRows(from, view, joinKeys);
    const counts = await run.write(cellsBatch(view, joinKeys, found));
    rows += found.eventTimestamps.filter((timestamp) => timestamp !== undefined).length;
    written += counts.written;
    onProgress?.({ view: view.name, rows });
  }
  await run.finish(snapshotId);
  if (removeSource) await remove(view, from, to);
  return { view: view.name, rows, written, skipped: rows - written, snapshotId, removed: removeSource };
}

/** From where the changes are to be done again, so that they hold for rows of both places. */
function startOf(
  source: Watermark | undefined,
  target: Watermark | undefined,
  olderSnapshot: MigrateRequest["olderSnapshot"],
): SnapshotId | undefined {
  if (source?.snapshotId === undefined || source.begun !== undefined || target?.begun !== undefined) return undefined;
  if (target === undefined || target.snapshotId === source.snapshotId) return source.snapshotId;
  return target.snapshotId === undefined ? undefined : olderSnapshot(source.snapshotId, target.snapshotId);
}

async function remove(view: FeatureView, from: OnlineStore, to: OnlineStore): Promise<void> {
  let ahead = 0;
  for await (const joinKeys of from.entities(view)) {
    const [old, copied] = await Promise.all([readRows(from, view, joinKeys), readRows(to, view, joinKeys)]);
    for (let row = 0; row < joinKeys.numRows; row++) if (isNewer(old, copied, row)) ahead++;
  }
  if (ahead === 0) return from.dropView(view);
  throw new OnlineStoreError(
    "MIGRATION_BEHIND",
    `${ahead} rows of feature view "${view.name}" are newer where they were than where they were copied to; let all writers write the new layout, and run it again`,
  );
}

function isNewer(old: ReadResult, copied: ReadResult, row: number): boolean {
  const [event, other] = [old.eventTimestamps[row], copied.eventTimestamps[row]];
  if (event === undefined) return false;
  if (other === undefined || event !== other) return other === undefined || event > other;
  return (old.createdTimestamps[row] ?? 0n) > (copied.createdTimestamps[row] ?? 0n);
}

async function readRows(store: OnlineStore, view: FeatureView, joinKeys: RecordBatch): Promise<ReadResult> {
  const keys = entityKeys(view, joinKeys);
  const [result] = await store.read([{ view, features: view.features, keys, created: true }]);
  return result as ReadResult;
}

function entityKeys({ joinKeys }: FeatureView, batch: RecordBatch): EntityKey[] {
  const columns = joinKeys.map((key) => batchColumn(batch, key.name, valueType(key)));
  const form = { joinKeys, prefix: entityKeyPrefix(joinKeys), suffix: Buffer.alloc(0) };
  const write = batchKeyWriter(form, columns);
  return Array.from({ length: batch.numRows }, (_, row) => {
    const out = new ByteWriter();
    write(out, row);
    return out.view();
  });
}
