import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import type { OnlineStore } from "../online-store/online-store.ts";

/** The latest row per entity: of all rows of a snapshot, or of those that were added since another one. */
export interface LatestRows {
  /** The snapshot that was read; undefined: the view's table has none yet. */
  readonly snapshotId: SnapshotId | undefined;
  readonly mode: MaterializeMode;
  /** Why all rows are read although a snapshot to start from was given. */
  readonly reason?: string;
  /** How many rows the batches hold together. */
  readonly rowCount: number;
  readonly batches: AsyncIterable<RecordBatch>;
}

export type MaterializeMode = "full" | "incremental";

export interface MaterializeRequest {
  readonly view: FeatureView;
  readonly store: OnlineStore;
  /** Gives the latest rows: all of them, or when a snapshot is given those that came after it. */
  readonly pull: (since: SnapshotId | undefined) => Promise<LatestRows>;
  readonly onProgress?: (progress: MaterializeProgress) => void;
}

export interface MaterializeProgress {
  readonly view: string;
  readonly rows: number;
  readonly rowCount: number;
}

export interface MaterializeSummary {
  readonly view: string;
  readonly mode: MaterializeMode;
  readonly reason?: string;
  readonly rows: number;
  readonly written: number;
  /** Rows that were not newer than what the store held; see `WriteCount`. */
  readonly skipped: number;
  readonly snapshotId: SnapshotId | undefined;
}

/**
 * Brings the online store up to a view's newest snapshot. The watermark is a snapshot, not an event time, so that late
 * rows are never missed; it is saved after the last row, so that a run that fails is simply repeated. One batch is
 * written while the next is being read; no more than these two are held.
 */
export async function materialize(request: MaterializeRequest): Promise<MaterializeSummary> {
  const { view, store, pull, onProgress } = request;
  await using run = await store.beginRun(view);
  const { snapshotId, mode, reason, rowCount, batches } = await pull(run.watermark?.snapshotId);
  const totals = { rows: 0, written: 0, skipped: 0 };
  const source = batches[Symbol.asyncIterator]();
  try {
    let current = await source.next();
    while (current.done !== true) {
      const batch: RecordBatch = current.value;
      const [next, count] = await Promise.all([source.next(), run.write(batch)]);
      totals.rows += batch.numRows;
      totals.written += count.written;
      totals.skipped += count.skipped;
      onProgress?.({ view: view.name, rows: totals.rows, rowCount });
      current = next;
    }
  } finally {
    await source.return?.();
  }
  if (snapshotId !== undefined) await run.finish(snapshotId);
  return { view: view.name, mode, ...(reason === undefined ? {} : { reason }), ...totals, snapshotId };
}
