import { randomInt } from "node:crypto";
import { type FeatureView, findFeatureView } from "@icecore/feature-registry";
import { type SnapshotId, timestampMs } from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { entitiesWithoutRow, sampleEntities } from "@icecore/offline-store";
import { type Difference, type OnlineStore, type VerdictCounts, verifyRows } from "@icecore/online-sync";
import type { RecordBatch } from "apache-arrow";
import { IcecoreError } from "../errors.ts";
import { type StoreContext, withSession } from "./context.ts";

export interface VerifyOptions {
  /** How many entities to draw, offline and online. Default: 10,000. */
  readonly sample?: number | undefined;
  /** Draws the same entities again. Default: another one each time. */
  readonly seed?: number | undefined;
  /** Ends the comparison when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface VerifiedView extends VerdictCounts {
  readonly view: string;
  /** The watermark: what the online store should hold. */
  readonly snapshotId: SnapshotId;
  readonly seed: number;
  /** How many entities were drawn offline. */
  readonly sampled: number;
  /** Of as many entities that the online store holds, those that are not in the snapshot: pushed online only, or not deleted. */
  readonly extra: number;
  /** The share of sampled entities that are missing, stale or mismatched, 0 to 1. */
  readonly faultRate: number;
  readonly differences: readonly Difference[];
}

const defaultSample = 10_000;
const maxDifferences = 10;

/**
 * Compares the online store with the snapshot that it says it holds, by entities drawn at random.
 * @throws IcecoreError `NOT_MATERIALIZED` where it holds none
 */
export async function verifyView(
  context: StoreContext,
  viewName: string,
  { sample = defaultSample, seed = randomInt(1, 2 ** 31), signal }: VerifyOptions,
): Promise<VerifiedView> {
  const { definitions } = await context.cachedRegistry.read();
  const view = findFeatureView(definitions, viewName);
  const store = await context.onlineStore();
  const snapshotId = await requireWatermark(store, view);
  const table = await context.project.loadViewTable(view);
  const compare = async (session: Session): Promise<VerifiedView> => {
    await using drawn = await sampleEntities(session, view, table, { snapshotId, size: sample, seed });
    const now = timestampMs(context.now().getTime());
    const { counts, differences } = await verifyRows({ view, store, batches: drawn.batches, now, maxDifferences });
    const held = firstRows(store.entities(view), sample);
    const extra = await countRows(entitiesWithoutRow(session, view, table, snapshotId, held));
    const faults = counts.missing + counts.stale + counts.mismatched;
    const sampled = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const faultRate = sampled === 0 ? 0 : faults / sampled;
    return { view: view.name, snapshotId, seed, sampled, ...counts, extra, faultRate, differences };
  };
  return withSession(context, compare, signal);
}

async function requireWatermark(store: OnlineStore, view: FeatureView): Promise<SnapshotId> {
  const watermark = await store.loadWatermark(view);
  if (watermark?.snapshotId !== undefined) return watermark.snapshotId;
  const why =
    watermark === undefined
      ? "was never materialized"
      : "was not materialized to the end, or not since its definition changed";
  throw new IcecoreError("NOT_MATERIALIZED", `"${view.name}" ${why}; run icecore materialize ${view.name}`);
}

/** At most so many rows of the batches. */
async function* firstRows(batches: AsyncIterable<RecordBatch>, count: number): AsyncGenerator<RecordBatch> {
  let left = count;
  for await (const batch of batches) {
    yield batch.slice(0, left);
    left -= batch.numRows;
    if (left <= 0) return;
  }
}

async function countRows(batches: AsyncIterable<RecordBatch>): Promise<number> {
  let count = 0;
  for await (const { numRows } of batches) count += numRows;
  return count;
}
