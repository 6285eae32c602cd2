import type { FeatureRequest } from "@icecore/feature-registry";
import type { FileScanTask, ScanReport, Schema, SnapshotId } from "@icecore/iceberg-catalog";
import type { SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import type { TimeRange } from "./spine.ts";

/** How to answer a spine from several views, as data: what is read, what is pruned, which join, and why. */
export interface PointInTimePlan {
  readonly spine: SpineFacts;
  /** Distinct (keys, time) pairs to look up; views with the same key columns share one. */
  readonly slotSets: readonly SlotSet[];
  readonly views: readonly ViewPlan[];
}

export interface SpineFacts {
  readonly columns: readonly SourceColumn[];
  readonly timestampColumn: string;
  readonly rows: bigint;
  readonly range?: TimeRange | undefined;
}

export interface SlotSet {
  readonly keyColumns: readonly string[];
  /** About how many different keys the spine has. */
  readonly keys: bigint;
}

/** A view as it was found: what is asked of it, and the scan of its table. */
export interface ViewScan {
  readonly request: FeatureRequest;
  readonly snapshotId?: SnapshotId | undefined;
  readonly schema: Schema;
  readonly tasks: readonly FileScanTask[];
  readonly report: ScanReport;
}

/** What one view contributes. */
export interface ViewPlan extends ViewScan {
  /** Index into the plan's slot sets. */
  readonly slotSet: number;
  /** Event timestamps that can matter to any row of the spine; absent when no row has a time. */
  readonly window?: TimeRange | undefined;
  readonly strategy: JoinStrategy;
}

/**
 * `slot-join` hashes the spine's distinct lookups and streams the features past them once: best while few lookups share
 * a key. `asof-join` sorts both sides: best where many do. `nothing` answers null to every row, because no data file can
 * hold a match.
 */
export interface JoinStrategy {
  readonly name: "slot-join" | "asof-join" | "nothing";
  readonly why: string;
}

const microsPerSecond = 1_000_000n;

/** The event timestamps of a view that a spine of this range can see; both ends inclusive. */
export function visibleWindow(range: TimeRange | undefined, ttlSeconds: number | undefined): TimeRange | undefined {
  if (range === undefined) return undefined;
  const oldest = range.fromMicros - BigInt(ttlSeconds ?? Number.MAX_SAFE_INTEGER) * microsPerSecond;
  return { fromMicros: oldest < beginningOfTime ? beginningOfTime : oldest, toMicros: range.toMicros };
}

/** 290 000 years before the epoch would overflow; 4713 BC is where DuckDB's calendar begins. */
export const beginningOfTime = -210_866_803_200_000_000n;

/** The different lists of key columns that some requests look up by, in the order they first come. */
export function distinctKeyColumns(requests: readonly FeatureRequest[]): readonly (readonly string[])[] {
  const found = new Map(requests.map(({ keyColumns }) => [JSON.stringify(keyColumns), keyColumns]));
  return [...found.values()];
}

/** Decides how to join. Pure: the same facts give the same plan. */
export function planPointInTime(
  spine: SpineFacts,
  slotSets: readonly SlotSet[],
  scans: readonly ViewScan[],
): PointInTimePlan {
  const views = scans.map((scan) => {
    const slotSet = slotSets.findIndex((candidate) => sameColumns(candidate.keyColumns, scan.request.keyColumns));
    const window = visibleWindow(spine.range, scan.request.view.ttlSeconds);
    return { ...scan, slotSet, window, strategy: chooseStrategy(spine, slotSets[slotSet]?.keys ?? 1n, scan) };
  });
  return { spine, slotSets, views };
}

/**
 * Measured on 2 cores: comparing a feature row with a lookup of its key costs about a fiftieth of what sorting a row
 * costs.
 */
const comparisonsPerSortedRow = 50n;

function chooseStrategy(spine: SpineFacts, keys: bigint, scan: ViewScan): JoinStrategy {
  if (spine.rows === 0n) return { name: "nothing", why: "the spine has no rows" };
  if (spine.range === undefined) return { name: "nothing", why: "no row of the spine has a time" };
  if (scan.tasks.length === 0) return { name: "nothing", why: "no data file can hold a match" };
  const features = scan.tasks.reduce((sum, { dataFile }) => sum + dataFile.recordCount, 0n);
  const lookupsPerKey = spine.rows / (keys > 0n ? keys : 1n);
  if (features * lookupsPerKey > (features + spine.rows) * comparisonsPerSortedRow) {
    return {
      name: "asof-join",
      why: `about ${lookupsPerKey} rows of the spine share a key: sorting costs less than comparing them all`,
    };
  }
  return {
    name: "slot-join",
    why: `the spine is hashed and ${features} feature rows stream past it once, whatever the ttl`,
  };
}

function sameColumns(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((column, index) => column === b[index]);
}
