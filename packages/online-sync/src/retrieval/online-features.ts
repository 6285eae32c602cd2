import type { Feature, FeatureRequest } from "@icecore/feature-registry";
import type { TimestampMs } from "@icecore/iceberg-catalog";
import type { FeatureCell } from "../codec/feature-cell.ts";
import type { TimestampMicros } from "../codec/timestamp.ts";
import type { OnlineStore, ReadResult } from "../online-store/online-store.ts";
import { countEntityRows, type EntityRows, requestKeys } from "./entity-rows.ts";

/** Feast's word for how a value came about. A value is null unless it is `PRESENT`. */
export type FieldStatus = "PRESENT" | "NULL_VALUE" | "NOT_FOUND" | "OUTSIDE_MAX_AGE";

/** A feature for all entities, by row. */
export interface OnlineFeatureColumn {
  /** The output name of the requested feature. */
  readonly name: string;
  readonly values: readonly (FeatureCell | null)[];
  readonly statuses: readonly FieldStatus[];
  /** When the row that holds the value happened; undefined when the store has no row of the entity. */
  readonly eventTimestamps: readonly (TimestampMicros | undefined)[];
}

export interface OnlineFeatures {
  /** In the order of the requests, and of the features in each. */
  readonly columns: readonly OnlineFeatureColumn[];
}

/**
 * Reads the latest features of entities, all views in one round trip. A row is valid until `ttl` after its event
 * timestamp, that moment included, as in a point-in-time join at `now`.
 * @throws OnlineStoreError `ENTITY_INVALID` when the entity rows do not fit the requests; `STORE_*` when the store fails
 */
export async function readOnlineFeatures(
  store: OnlineStore,
  requests: readonly FeatureRequest[],
  entityRows: EntityRows,
  now: TimestampMs,
): Promise<OnlineFeatures> {
  const rowCount = countEntityRows(entityRows);
  const reads = requests.map((request) => ({
    view: request.view,
    features: featuresOf(request),
    keys: requestKeys(request, entityRows, rowCount),
  }));
  const results = await store.read(reads);
  return { columns: results.flatMap((result, i) => toColumns(requests[i] as FeatureRequest, result, now)) };
}

const known = new WeakMap<FeatureRequest, readonly Feature[]>();

/** The same array for the same request: stores keep by it what they have worked out. */
function featuresOf(request: FeatureRequest): readonly Feature[] {
  const features = known.get(request) ?? request.features.map(({ feature }) => feature);
  known.set(request, features);
  return features;
}

function toColumns({ view, features }: FeatureRequest, result: ReadResult, now: TimestampMs): OnlineFeatureColumn[] {
  const { eventTimestamps } = result;
  const oldest = view.ttlSeconds === undefined ? undefined : oldestValid(now, view.ttlSeconds);
  const isExpired = (row: number) => oldest !== undefined && (eventTimestamps[row] ?? oldest) < oldest;
  return features.map(({ output }, i) => {
    const cells = result.columns[i] ?? [];
    const values: (FeatureCell | null)[] = new Array(cells.length);
    const statuses: FieldStatus[] = new Array(cells.length);
    for (let row = 0; row < cells.length; row++) {
      const cell = cells[row];
      const status = fieldStatus(cell, eventTimestamps[row] !== undefined, isExpired(row));
      statuses[row] = status;
      values[row] = status === "PRESENT" && cell !== undefined ? cell : null;
    }
    return { name: output, values, statuses, eventTimestamps };
  });
}

function oldestValid(now: TimestampMs, ttlSeconds: number): TimestampMicros {
  return (BigInt(Math.floor(now)) - BigInt(ttlSeconds) * 1000n) * 1000n;
}

function fieldStatus(cell: FeatureCell | null | undefined, happened: boolean, expired: boolean): FieldStatus {
  if (cell === undefined || !happened) return "NOT_FOUND";
  if (expired) return "OUTSIDE_MAX_AGE";
  return cell === null ? "NULL_VALUE" : "PRESENT";
}
