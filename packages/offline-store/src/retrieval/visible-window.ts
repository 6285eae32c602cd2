/** Microseconds since 1970-01-01T00:00:00Z; both ends inclusive. */
export interface TimeRange {
  readonly fromMicros: bigint;
  readonly toMicros: bigint;
}

const microsPerSecond = 1_000_000n;

/** 290 000 years before the epoch would overflow; 4713 BC is where DuckDB's calendar begins. */
export const beginningOfTime = -210_866_803_200_000_000n;

/** A ttl in microseconds; undefined: a row stays valid for ever. */
export function ttlMicros(ttlSeconds: number | undefined): bigint | undefined {
  return ttlSeconds === undefined ? undefined : BigInt(ttlSeconds) * microsPerSecond;
}

/** The event timestamps of a view that a spine of this range can see; both ends inclusive. */
export function visibleWindow(range: TimeRange | undefined, ttlSeconds: number | undefined): TimeRange | undefined {
  if (range === undefined) return undefined;
  const oldest = range.fromMicros - (ttlMicros(ttlSeconds) ?? 2n ** 63n);
  return { fromMicros: oldest < beginningOfTime ? beginningOfTime : oldest, toMicros: range.toMicros };
}

/** What a ttl is of a window: 1 without a ttl. */
export function ttlShare(window: TimeRange | undefined, ttlSeconds: number | undefined): number {
  const ttl = ttlMicros(ttlSeconds);
  if (window === undefined || ttl === undefined) return 1;
  return Math.min(1, Number(ttl) / Math.max(1, Number(window.toMicros - window.fromMicros)));
}
