import type { FeatureView } from "@icecore/feature-registry";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { secondsOf } from "../../../codec/timestamp.ts";
import type { WriteTerms } from "./redis-layout.ts";

/** When the key of a row expires that is the only one under it, in seconds since 1970; undefined: rows of the view do not. */
export type RowExpiry = ((row: number) => number) | undefined;

/** As scripts find it. `now` is in seconds since 1970, by the clock of Redis. */
export function rowExpiry(
  { ttlSeconds }: FeatureView,
  { event }: ViewBatch,
  terms: WriteTerms,
  now: number,
): RowExpiry {
  const { keyTtlSeconds = 0 } = terms;
  if (keyTtlSeconds > 0) return () => now + keyTtlSeconds;
  if (ttlSeconds === undefined || ttlSeconds === 0) return undefined;
  const { words } = event;
  return (row) => Math.max(now, secondsOf(words[row * 2] as number, words[row * 2 + 1] as number)) + ttlSeconds + 1;
}
