import type { FeatureRequest } from "@icecore/feature-registry";
import { requireField, type Schema, type SnapshotId } from "@icecore/iceberg-catalog";
import type { SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import { chooseStrategy, type JoinStrategy } from "./choose-strategy.ts";
import type { FeatureFiles } from "./feature-files.ts";
import { type SlotSet, slotSetOf } from "./slot-set.ts";
import { type TimeRange, ttlShare, visibleWindow } from "./visible-window.ts";

/** How to answer a spine from several views, as data: what is read, what is pruned, which join, and why. */
export interface PointInTimePlan {
  readonly spine: SpineFacts;
  /** Distinct (keys, time) pairs to look up; views with the same key columns share one. */
  readonly slotSets: readonly SlotSet[];
  readonly views: readonly ViewPlan[];
  /** Whether a row of the spine sees only what had been created by its time. */
  readonly filterByCreatedTimestamp: boolean;
  /** What was found, once the plan has been carried out. */
  readonly actual?: ActualRows;
}

export interface SpineFacts {
  readonly columns: readonly SourceColumn[];
  readonly timestampColumn: string;
  readonly rows: bigint;
  readonly range?: TimeRange | undefined;
}

/** A view as it was found: what is asked of it, and the files of its table. */
export interface ViewScan extends FeatureFiles {
  readonly request: FeatureRequest;
  readonly snapshotId?: SnapshotId | undefined;
  readonly schema: Schema;
  /** How crowded the view's time bins are, where they were measured. */
  readonly bins?: TimeBins | undefined;
}

/** Stretches of time of one length, by which the lookups of a key are told apart. */
export interface TimeBins {
  readonly micros: bigint;
  /** How many rows of the spine share the key and the bin of a row, on average over rows. */
  readonly rowsPerBin: number;
}

/** What one view contributes. */
export interface ViewPlan extends ViewScan {
  /** Index into the plan's slot sets. */
  readonly slotSet: number;
  /** Event timestamps that can matter to any row of the spine; absent when no row has a time. */
  readonly window?: TimeRange | undefined;
  readonly strategy: JoinStrategy;
}

/** Rows that a plan met, as counted while it ran; by view, in the plan's order. */
export interface ActualRows {
  readonly views: readonly {
    /** Lookups that have a row of their own. */
    readonly matched: bigint;
    /** Lookups that were answered. */
    readonly answered: bigint;
  }[];
}

export interface PlanLimits {
  /** What DuckDB may use before it has to spill. */
  readonly memoryBytes: bigint;
}

export interface PlanOptions {
  /** Leaves out what was created after a row's time: what nobody could have known then. Default: false. */
  readonly filterByCreatedTimestamp?: boolean | undefined;
}

/** Decides how to join. Pure: the same facts give the same plan. */
export function planPointInTime(
  spine: SpineFacts,
  slotSets: readonly SlotSet[],
  scans: readonly ViewScan[],
  limits: PlanLimits,
  { filterByCreatedTimestamp = false }: PlanOptions = {},
): PointInTimePlan {
  const views = scans.map((scan) => {
    const { request, schema, bins } = scan;
    const { set, index } = slotSetOf(slotSets, request.keyColumns);
    const types = request.features.map(({ feature }) => requireField(schema, feature.name).type);
    const window = visibleWindow(spine.range, request.view.ttlSeconds);
    const strategy = chooseStrategy({
      ttlShare: ttlShare(window, request.view.ttlSeconds),
      lookups: spine.rows,
      hasTimes: spine.range !== undefined,
      set,
      files: scan,
      bins,
      types,
      limits,
      filterByCreatedTimestamp,
    });
    return { ...scan, slotSet: index, window, strategy };
  });
  return { spine, slotSets, views, filterByCreatedTimestamp };
}
