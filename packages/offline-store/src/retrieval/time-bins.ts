import { fewRowsPerKey } from "./choose-strategy.ts";
import type { FeatureFiles } from "./feature-files.ts";
import type { SlotSet } from "./slot-set.ts";
import type { TimeRange } from "./visible-window.ts";

/**
 * The length of time bins in which a key has about one row of the spine, in microseconds. Undefined where few rows share a
 * key, or nobody knows where the features begin: bins would reach back for ever.
 */
export function binMicros(
  lookups: bigint,
  set: SlotSet,
  files: FeatureFiles,
  window: TimeRange | undefined,
): bigint | undefined {
  if (set.rowsPerKey < fewRowsPerKey || window === undefined || files.firstMicros === undefined) return undefined;
  const span = window.toMicros - binsBegin(files.firstMicros, window) + 1n;
  if (span <= 0n) return undefined;
  const micros = (span * (set.keys > 0n ? set.keys : 1n)) / lookups;
  return micros > 0n ? micros : 1n;
}

/** The earliest time that bins have to cover. */
export function binsBegin(firstMicros: bigint, window: TimeRange): bigint {
  return firstMicros > window.fromMicros ? firstMicros : window.fromMicros;
}
