import type { Cell } from "./rows-sql.ts";

/** A row of a feature view; times are microseconds since 1970. */
export interface FeatureRow {
  readonly keys: readonly Cell[];
  readonly time: bigint;
  readonly created: bigint | null;
  readonly values: readonly Cell[];
}

/** A row that asks. */
export interface Lookup {
  readonly keys: readonly (Cell | undefined)[];
  readonly time: bigint | null;
}

/**
 * The point-in-time rule, word for word: the row with the same keys that is newest at the lookup's time, and by its
 * creation among equals, unless it is older than the ttl. Rows that tie in both are told apart by their values: null
 * above all, then in order. On demand, only what had been created by the lookup's time is there at all.
 */
export function oracleAnswer(
  rows: readonly FeatureRow[],
  ttlSeconds: number | undefined,
  { keys, time }: Lookup,
  { filterByCreatedTimestamp = false }: { readonly filterByCreatedTimestamp?: boolean } = {},
): FeatureRow | undefined {
  if (time === null || keys.some((key) => key === null)) return undefined;
  return rows
    .filter((row) => !filterByCreatedTimestamp || (row.created !== null && row.created <= time))
    .filter((row) => row.keys.every((key, index) => key === keys[index]))
    .filter(
      (row) => row.time <= time && (ttlSeconds === undefined || row.time + BigInt(ttlSeconds) * 1_000_000n >= time),
    )
    .reduce<FeatureRow | undefined>((best, row) => (best === undefined || isNewer(row, best) ? row : best), undefined);
}

/** Whether `a` stands above `b`. */
export function isNewer(a: FeatureRow, b: FeatureRow): boolean {
  if (a.time !== b.time) return a.time > b.time;
  if (a.created !== b.created) return b.created === null || (a.created !== null && a.created > b.created);
  for (const [index, value] of a.values.entries()) {
    const other = b.values[index] ?? null;
    if (value === other) continue;
    if (value === null || other === null) return value === null;
    return value > other;
  }
  return false;
}
