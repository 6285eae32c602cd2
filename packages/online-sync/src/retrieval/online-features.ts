import type { Feature, FeatureRequest } from "@icecore/feature-registry";
import type { TimestampMs } from "@icecore/iceberg-catalog";
import type { FeatureCell } from "../codec/feature-cell.ts";
import { remembered } from "../codec/remembered.ts";
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

/** The same array for the same request: stores keep by it what they have worked out. */
const featuresOf = remembered(({ features }: FeatureRequest): readonly Feature[] =>
  features.map(({ feature }) => feature),
);

function toColumns({ view, features }: FeatureRequest, result: ReadResult, now: TimestampMs): OnlineFeatureColumn[] {
  const { eventTimestamps } = result;
  const oldest = view.ttlSeconds === undefined ? undefined : oldestValid(now, view.ttlSeconds);
  const isThere = (happened: TimestampMicros | undefined): boolean => absence(happened, oldest) === undefined;
  const absences = eventTimestamps.every(isThere) ? undefined : eventTimestamps.map((at) => absence(at, oldest));
  const allPresent = new Array<FieldStatus>(eventTimestamps.length).fill("PRESENT");
  return features.map(({ output: name }, i) => {
    const cells = result.columns[i] ?? [];
    // The usual answer is not copied.
    if (absences === undefined && cells.every(isPresent))
      return { name, values: cells, statuses: allPresent, eventTimestamps };
    const statuses = cells.map((cell, row) =>
      cell === undefined ? "NOT_FOUND" : (absences?.[row] ?? cellStatus(cell)),
    );
    const values = cells.map((cell, row) => (statuses[row] === "PRESENT" ? (cell ?? null) : null));
    return { name, values, statuses, eventTimestamps };
  });
}

function oldestValid(now: TimestampMs, ttlSeconds: number): TimestampMicros {
  return (BigInt(Math.floor(now)) - BigInt(ttlSeconds) * 1000n) * 1000n;
}

/** Why no value of a row counts; undefined: they do. */
function absence(happened: TimestampMicros | undefined, oldest: TimestampMicros | undefined): FieldStatus | undefined {
  if (happened === undefined) return "NOT_FOUND";
  return oldest !== undefined && happened < oldest ? "OUTSIDE_MAX_AGE" : undefined;
}

const cellStatus = (cell: FeatureCell | null): FieldStatus => (cell === null ? "NULL_VALUE" : "PRESENT");

const isPresent = (cell: FeatureCell | null | undefined): cell is FeatureCell => cell !== undefined && cell !== null;
