import type { IcebergType } from "@icecore/iceberg-catalog";
import type { FeatureFiles } from "./feature-files.ts";
import { asofPasses, fitsAtOnce, slotPasses } from "./plan-passes.ts";
import type { PlanLimits, TimeBins } from "./point-in-time-plan.ts";
import type { SlotSet } from "./slot-set.ts";

/**
 * `slot-join` hashes the spine's distinct lookups, by time bins too where many share a key, and streams the features past
 * them. `asof-join` sorts both sides: best where the spine is not small beside the features, or where lookups crowd in
 * time. `nothing` answers null to every row, because no data file can hold a match.
 */
export type JoinStrategy =
  | { readonly name: "nothing"; readonly why: string }
  | ({
      readonly name: "slot-join";
      /** Length of the bins by which lookups of a key are told apart; absent: by their key alone. */
      readonly binMicros?: bigint | undefined;
      /** Whether whole rows are compared, or their times alone, and the newest row is fetched by a second look. */
      readonly fetch: "at-once" | "afterwards";
      /**
       * Whether a row is only compared with the first lookup that sees it, and later ones take it over; otherwise with all
       * that see it.
       */
      readonly carry: boolean;
    } & Passes)
  | ({
      readonly name: "asof-join";
      /** Whether features without a key of the spine are left out before the sort. */
      readonly semiJoin: boolean;
    } & Passes);

interface Passes {
  readonly why: string;
  /** How many parts the work is done in, by a hash of the keys or, without keys, by time: as many as keep each in memory. */
  readonly passes: number;
}

export interface StrategyFacts {
  readonly lookups: bigint;
  /** Whether any lookup has a time. */
  readonly hasTimes: boolean;
  readonly set: SlotSet;
  readonly files: FeatureFiles;
  readonly bins?: TimeBins | undefined;
  /** What the ttl is of the time that the spine sees: 1 without a ttl. */
  readonly ttlShare: number;
  /** Those of the features. */
  readonly types: readonly IcebergType[];
  readonly limits: PlanLimits;
  readonly filterByCreatedTimestamp: boolean;
}

/** Comparing a feature row with a lookup of its key costs about a fiftieth of what sorting a row costs, as measured. */
const comparisonsPerSortedRow = 50;

/** While a row is seen by so few lookups, comparing it with all of them is cheaper than taking it over. */
const fewCandidates = 1.5;

/** From so many rows to a lookup on, whole rows are not compared: as measured. */
const manyRowsPerLookup = 3;

/** With fewer lookups to a key, telling them apart by time costs more than it saves. */
export const fewRowsPerKey = 4;

/** Chooses the join of one view. */
export function chooseStrategy(facts: StrategyFacts): JoinStrategy {
  const { lookups, hasTimes, files } = facts;
  if (lookups === 0n) return { name: "nothing", why: "the spine has no rows" };
  if (!hasTimes) return { name: "nothing", why: "no row of the spine has a time" };
  if (files.tasks.length === 0) return { name: "nothing", why: "no data file can hold a match" };
  return asofJoin(facts) ?? slotJoin(facts);
}

function slotJoin(facts: StrategyFacts): JoinStrategy {
  const { set, files, bins, ttlShare } = facts;
  const isBinned = bins !== undefined && bins.rowsPerBin + 1 < set.rowsPerKey / 2;
  const binMicros = isBinned ? bins.micros : undefined;
  const passes = slotPasses(facts, binMicros);
  const fetch = isFetchedAfterwards(facts) ? "afterwards" : "at-once";
  const carry = set.rowsPerKey * ttlShare > fewCandidates;
  const again = fetch === "afterwards" ? ": their times first, and then the newest rows" : "";
  const streams = `the spine is hashed and ${files.rows} feature rows stream past it ${passes === 1 ? "once" : `${passes} times, a part of the keys each`}, whatever the ttl${again}`;
  if (binMicros === undefined) return { name: "slot-join", passes, fetch, carry, why: streams };
  const why = `${streams}; about ${Math.round(set.rowsPerKey)} rows of the spine share a key, so they are told apart by bins of ${seconds(binMicros)}`;
  return { name: "slot-join", passes, fetch, carry, binMicros, why };
}

/** Undefined where a slot join is better, or an ASOF join cannot answer: it orders by one time, not by two. */
function asofJoin(facts: StrategyFacts): JoinStrategy | undefined {
  const { lookups, set, files, bins, filterByCreatedTimestamp } = facts;
  if (filterByCreatedTimestamp || set.rowsPerKey < fewRowsPerKey) return undefined;
  const candidates = Math.min(set.rowsPerKey, bins === undefined ? Number.POSITIVE_INFINITY : bins.rowsPerBin + 1);
  const [features, spine] = [Number(files.visibleRows), Number(lookups)];
  const isCrowded = features * candidates > (features + spine) * comparisonsPerSortedRow;
  const needsParts = set.keyColumns.length === 0 && !fitsAtOnce(facts);
  if (!isCrowded && !needsParts && spine * 3 < features) return undefined;
  const why = isCrowded
    ? `about ${Math.round(candidates)} rows of the spine are candidates for a feature row: sorting costs less than comparing them all`
    : needsParts
      ? "the spine does not fit into memory at once, and without keys it is divided by time"
      : `the spine is not small beside ${files.rows} feature rows, and its keys repeat: sorting both is cheapest`;
  return { name: "asof-join", passes: asofPasses(facts), semiJoin: set.keys * 8n < files.visibleRows, why };
}

/**
 * Whether so many rows fall to a lookup that comparing their times alone and reading the newest again is cheaper. A ttl
 * lets a lookup see no more than its share of the time. Few lookups that share no keys may well meet few of the rows: for
 * them a second look is not worth it.
 */
function isFetchedAfterwards({ lookups, set, files, ttlShare, filterByCreatedTimestamp }: StrategyFacts): boolean {
  // Of two rows of one time, one may be seen later: times alone do not tell which row a lookup has.
  if (filterByCreatedTimestamp) return false;
  const [spine, features] = [Number(lookups), Number(files.visibleRows)];
  const reached = Math.min(1, (ttlShare * spine) / Math.max(1, Number(set.keys)));
  const meetsMany = spine * 20 >= features || set.rowsPerKey >= fewRowsPerKey;
  return meetsMany && (features * reached) / spine >= manyRowsPerLookup;
}

const seconds = (micros: bigint): string => `${(Number(micros) / 1e6).toPrecision(3)} s`;
