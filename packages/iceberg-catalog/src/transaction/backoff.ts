import type { TableProperties } from "../spec/table-properties.ts";

/** How long to wait after the attempt (from 1): doubling, capped, with up to a tenth more so that writers part ways. */
export function backoffMs(
  attempt: number,
  { minWaitMs, maxWaitMs }: TableProperties["commitRetry"],
  random: number,
): number {
  const base = Math.min(maxWaitMs, minWaitMs * 2 ** (attempt - 1));
  return Math.round(base * (1 + random / 10));
}
