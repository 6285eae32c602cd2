import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { Pull, PulledRows } from "@icecore/offline-store";
import type { RecordBatch } from "apache-arrow";
import { OnlineStoreError } from "../errors.ts";
import { readAhead, sendAll } from "../in-flight.ts";
import type { Correction, OnlineStore, WriteCount } from "../online-store/online-store.ts";

/** `full`: all rows of a snapshot; `incremental`: what changed since another one; `window`: a stretch of event time. */
export type MaterializeMode = "full" | "incremental" | "window";

export interface MaterializeRequest {
  readonly view: FeatureView;
  readonly store: OnlineStore;
  /** Gives what came after a snapshot, where some rows of others may be known as well; without one, everything. */
  readonly pull: (since: SnapshotId | undefined, begun: readonly SnapshotId[]) => Promise<Pull & AsyncDisposable>;
  /** Pulls everything, whatever the store holds. */
  readonly full?: boolean | undefined;
  /** Ends the run before its next batch when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: MaterializeProgress) => void) | undefined;
}

export interface MaterializeProgress {
  readonly view: string;
  readonly rows: number;
  readonly rowCount: number;
}

/** What became of all rows. */
export interface WriteTotals extends WriteCount {
  readonly rows: number;
}

export interface MaterializeSummary extends WriteTotals {
  readonly view: string;
  readonly mode: MaterializeMode;
  /** Why everything was read although the store had a watermark. */
  readonly reason?: string;
  /** How long the run took. */
  readonly seconds: number;
  /** The snapshot that the store now holds the rows of; undefined while the table is empty. */
  readonly snapshotId: SnapshotId | undefined;
}

/**
 * Brings the online store up to a view's newest snapshot. The watermark is a snapshot, not an event time, so that late
 * rows are never missed; it moves after the last row, so that a run that fails is simply repeated.
 *
 * A full run of a view that was materialized before makes the store equal to the snapshot: rows are replaced even by
 * older ones, and entities that the snapshot does not have are deleted; but for what was pushed after its commit.
 * @throws OnlineStoreError `MATERIALIZATION_RUNNING`, `RUN_LOST`, `RUN_INTERRUPTED`, `STORE_*`
 */
export async function materialize(request: MaterializeRequest): Promise<MaterializeSummary> {
  const { view, store, full = false } = request;
  const began = performance.now();
  await using run = await store.beginRun(view);
  const { watermark } = run;
  await using pulled = await request.pull(full ? undefined : watermark?.snapshotId, watermark?.begun ?? []);
  const { snapshotId } = pulled;
  if (snapshotId !== undefined) await run.aim(snapshotId);
  const parts = partsOf(pulled, watermark === undefined ? undefined : store.entities(view));
  const totals = await writeAll(request, parts, batchesAtOnce, (batch, correction) => run.write(batch, correction));
  if (snapshotId !== undefined) await run.finish(snapshotId);
  const reason = pulled.mode === "full" ? pulled.reason : undefined;
  return {
    view: view.name,
    mode: pulled.mode,
    ...(reason === undefined ? {} : { reason }),
    ...totals,
    seconds: secondsSince(began),
    snapshotId,
  };
}

export interface MaterializeWindowRequest extends Omit<MaterializeRequest, "pull" | "full"> {
  /** The newest row of each entity in the window. */
  readonly rows: PulledRows;
}

/** Writes the rows of a stretch of event time, where the store holds none that are newer. The watermark stays where it is. */
export async function materializeWindow(request: MaterializeWindowRequest): Promise<MaterializeSummary> {
  const { view, store, rows } = request;
  const began = performance.now();
  // One after the other: of rows of an entity that are as new as each other, the last is to stay.
  const totals = await writeAll(request, [rows], 1, (batch) => store.write(view, batch));
  return { view: view.name, mode: "window", ...totals, seconds: secondsSince(began), snapshotId: undefined };
}

interface Part {
  readonly batches: AsyncIterable<RecordBatch>;
  /** How many rows the batches hold; unknown before they were read. */
  readonly count?: number;
  readonly correction?: Correction;
}

/** What is to be written, in this order. `held`: entities that the store may hold and the snapshot may not. */
function partsOf(pulled: Pull, held: AsyncIterable<RecordBatch> | undefined): readonly Part[] {
  const { rows } = pulled;
  if (pulled.mode === "incremental") {
    const { corrections } = pulled;
    return corrections === undefined ? [rows] : [rows, { ...corrections, correction: corrections }];
  }
  if (held === undefined) return [rows];
  const correction = { createdUpTo: pulled.committedAt };
  return [
    { ...rows, correction },
    { batches: pulled.withoutRow(held), correction },
  ];
}

/** More than one: the last rows of a batch that are on their way leave a store with less and less to do. */
const batchesAtOnce = 2;

async function writeAll(
  { view, signal, onProgress }: Pick<MaterializeRequest, "view" | "signal" | "onProgress">,
  parts: readonly Part[],
  atOnce: number,
  write: (batch: RecordBatch, correction?: Correction) => Promise<WriteCount>,
): Promise<WriteTotals> {
  const totals = { rows: 0, written: 0, deleted: 0, skipped: 0 };
  const rowCount = parts.reduce((sum, { count = 0 }) => sum + count, 0);
  for (const { batches, correction } of parts) {
    await sendAll(readAhead(batches), atOnce, async (batch) => {
      if (signal?.aborted === true) throw interrupted(view);
      const { written, deleted, skipped } = await write(batch, correction);
      totals.rows += batch.numRows;
      totals.written += written;
      totals.deleted += deleted;
      totals.skipped += skipped;
      onProgress?.({ view: view.name, rows: totals.rows, rowCount: Math.max(rowCount, totals.rows) });
    });
  }
  return totals;
}

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

function interrupted({ name }: FeatureView): OnlineStoreError {
  return new OnlineStoreError(
    "RUN_INTERRUPTED",
    `materializing "${name}" was interrupted; nothing is lost, the next run completes it`,
  );
}
