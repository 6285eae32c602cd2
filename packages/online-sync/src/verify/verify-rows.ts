import type { FeatureView } from "@icecore/feature-registry";
import type { TimestampMs } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import { batchColumn } from "../arrow/batch-column.ts";
import { type Cells, encodeEntityKeys, type KeyValue } from "../codec/entity-key.ts";
import type { FeatureCell } from "../codec/feature-cell.ts";
import type { TimestampMicros } from "../codec/timestamp.ts";
import { valueType } from "../codec/value-type.ts";
import type { OnlineStore, ReadResult } from "../online-store/online-store.ts";
import { columnCells } from "./column-cells.ts";
import { sameCell } from "./same-cell.ts";

/**
 * What the online store holds of an entity, against its newest row offline. `ahead`: a newer row, which was pushed;
 * `expired`: none, and the row is past its ttl, so that there need not be one; `stale`: an older row; `mismatched`: a row of
 * the same time with other values.
 */
export const verdicts = ["matching", "ahead", "expired", "missing", "stale", "mismatched"] as const;
export type Verdict = (typeof verdicts)[number];

export type VerdictCounts = Readonly<Record<Verdict, number>>;

/** One entity that is not as it should be. */
export interface Difference {
  readonly verdict: Verdict;
  /** Join keys by name. */
  readonly entity: Readonly<Record<string, KeyValue | null>>;
  readonly eventTimestamp: { readonly offline: TimestampMicros; readonly online: TimestampMicros | undefined };
  /** The features whose values differ. */
  readonly features: readonly {
    readonly name: string;
    readonly offline: FeatureCell | null;
    readonly online: FeatureCell | null;
  }[];
}

export interface VerifiedRows {
  readonly counts: VerdictCounts;
  /** The first of those that are missing, stale or mismatched. */
  readonly differences: readonly Difference[];
}

export interface VerifyRequest {
  readonly view: FeatureView;
  readonly store: OnlineStore;
  /** The newest row offline, of some entities; where several are equal in both timestamps, whichever of them is online is right. */
  readonly batches: AsyncIterable<RecordBatch>;
  readonly now: TimestampMs;
  /** How many differences to tell. */
  readonly maxDifferences: number;
}

/** Compares rows of the offline store with what the online store holds of their entities. */
export async function verifyRows(request: VerifyRequest): Promise<VerifiedRows> {
  const counts: Record<Verdict, number> = {
    matching: 0,
    ahead: 0,
    expired: 0,
    missing: 0,
    stale: 0,
    mismatched: 0,
  };
  const found = new Map<string, Difference>();
  for await (const batch of request.batches) {
    for (const [entity, difference] of await verifyBatch(request, batch)) {
      if (found.get(entity)?.verdict !== "matching") found.set(entity, difference);
    }
  }
  for (const { verdict } of found.values()) counts[verdict]++;
  return { counts, differences: [...found.values()].filter(isFault).slice(0, request.maxDifferences) };
}

const isFault = ({ verdict }: Difference): boolean => ["missing", "stale", "mismatched"].includes(verdict);

/** What is to be said of each row's entity, which is known by its key. */
async function verifyBatch(
  { view, store, now }: VerifyRequest,
  batch: RecordBatch,
): Promise<readonly (readonly [entity: string, Difference])[]> {
  const cellsOf = (field: { readonly name: string; readonly type: string }): Cells<FeatureCell> =>
    columnCells(valueType(field), batchColumn(batch, field.name, valueType(field)));
  const keyCells = view.joinKeys.map((key) => cellsOf(key) as Cells<KeyValue>);
  const events = columnCells(
    { kind: "long", scale: 0 },
    batchColumn(batch, view.timestampField, { kind: "timestamptz", scale: 0 }),
  ) as Cells<TimestampMicros>;
  const cells = view.features.map(cellsOf);
  const keys = encodeEntityKeys(view.joinKeys, keyCells, batch.numRows);
  const [held] = await store.read([{ view, features: view.features, keys }]);
  return keys.map((key, row) => {
    const event = events(row) ?? 0n;
    const features = differingFeatures(view, cells, held, row);
    const online = held?.eventTimestamps[row];
    const difference = {
      verdict: verdictOf(event, online, features.length > 0, isExpired(view, event, now)),
      entity: Object.fromEntries(view.joinKeys.map(({ name }, index) => [name, keyCells[index]?.(row) ?? null])),
      eventTimestamp: { offline: event, online },
      features,
    };
    return [key?.toString("latin1") ?? "", difference];
  });
}

function verdictOf(
  offline: TimestampMicros,
  online: TimestampMicros | undefined,
  differs: boolean,
  isPastTtl: boolean,
): Verdict {
  if (online === undefined) return isPastTtl ? "expired" : "missing";
  if (online !== offline) return online > offline ? "ahead" : "stale";
  return differs ? "mismatched" : "matching";
}

function differingFeatures(
  view: FeatureView,
  cells: readonly Cells<FeatureCell>[],
  held: ReadResult | undefined,
  row: number,
): Difference["features"] {
  return view.features.flatMap(({ name }, index) => {
    const [offline, online] = [cells[index]?.(row) ?? null, held?.columns[index]?.[row] ?? null];
    return sameCell(offline, online) ? [] : [{ name, offline, online }];
  });
}

function isExpired({ ttlSeconds }: FeatureView, event: TimestampMicros, now: TimestampMs): boolean {
  return ttlSeconds !== undefined && event + BigInt(ttlSeconds) * 1_000_000n < BigInt(Math.floor(now)) * 1000n;
}
