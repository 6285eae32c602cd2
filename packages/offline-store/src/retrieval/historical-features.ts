import type { FeatureRequest } from "@icecore/feature-registry";
import {
  and,
  greaterThanOrEqual,
  lessThanOrEqual,
  type Predicate,
  type Schema,
  type SnapshotId,
  type Table,
} from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { openFiles, scanTable } from "@icecore/iceberg-catalog/duckdb";
import { featureFiles } from "./feature-files.ts";
import { measureBins, measureLimits, measureSlotSets } from "./measure-spine.ts";
import { type PlanOptions, type PointInTimePlan, planPointInTime, type ViewScan } from "./point-in-time-plan.ts";
import { type PointInTimeSql, pointInTimeSql } from "./point-in-time-sql.ts";
import { refuseBadSpine } from "./refuse-bad-spine.ts";
import { type RetrievalStep, runPlan } from "./run-plan.ts";
import { distinctKeyColumns, keyPredicate, type SlotSet, slotSetOf } from "./slot-set.ts";
import type { Spine } from "./spine.ts";
import { binMicros } from "./time-bins.ts";
import { visibleWindow } from "./visible-window.ts";

/** A view to read, and the snapshot of its table to read it at; no snapshot: the table is empty. */
export interface PinnedView {
  readonly request: FeatureRequest;
  readonly table: Table;
  readonly snapshotId?: SnapshotId | undefined;
  /**
   * The columns that the features are: those of the time the definitions are from. Default: the table's columns of now.
   * Older files are read by field id, so they need not have them.
   */
  readonly schema?: Schema | undefined;
}

/** A point-in-time join that has been planned and can be run once. */
export interface RetrievalJob {
  /** With what was found, once the job has run. */
  readonly plan: PointInTimePlan;
  /**
   * Runs the join and hands `use` the query of its result, one row per spine row in spine order. Temporary tables are
   * gone afterwards.
   */
  run<T>(use: (resultSql: string) => Promise<T>, onStep?: (step: RetrievalStep) => void): Promise<T>;
}

/**
 * Plans features for every row of a spine as they were at its time: the newest row with the same join keys, no younger
 * than the spine's time and no older than the ttl, both inclusive.
 * @throws OfflineStoreError `SPINE_INVALID` when the spine lacks a join key, or has it in another type
 */
export async function planHistoricalFeatures(
  session: Session,
  spine: Spine,
  views: readonly PinnedView[],
  options: PlanOptions = {},
): Promise<RetrievalJob> {
  for (const { request } of views) await refuseBadSpine(session, spine, request);
  const keyColumns = distinctKeyColumns(views.map((view) => view.request));
  const slotSets = await measureSlotSets(session, spine, keyColumns);
  const scans = await Promise.all(views.map((view) => scanView(session, view, spine, slotSets)));
  const facts = {
    columns: spine.columns,
    timestampColumn: spine.timestampColumn,
    rows: spine.rows,
    range: spine.range,
  };
  const plan = planPointInTime(facts, slotSets, scans, await measureLimits(session), options);
  return retrievalJob(session, spine, plan, views);
}

/** A plan, ready to run for the spine and the views it was made for. */
export function retrievalJob(
  session: Session,
  spine: Spine,
  plan: PointInTimePlan,
  views: readonly PinnedView[],
): RetrievalJob {
  const sql = async (): Promise<PointInTimeSql> => {
    const tables = new Map(views.map(({ request, table }) => [request.view.name, table]));
    const files = plan.views.map(({ request, tasks }) => {
      const table = tables.get(request.view.name);
      return table === undefined ? [] : openFiles(session, table, tasks);
    });
    return pointInTimeSql(plan, spine.table, await Promise.all(files));
  };
  let current = plan;
  return {
    get plan() {
      return current;
    },
    run: async (use, onStep = () => {}) =>
      runPlan(session, plan, await sql(), onStep, (resultSql, actual) => {
        current = { ...plan, actual };
        return use(resultSql);
      }),
  };
}

async function scanView(
  session: Session,
  { request, table, snapshotId, schema = table.schema }: PinnedView,
  spine: Spine,
  slotSets: readonly SlotSet[],
): Promise<ViewScan> {
  const { view, keyColumns } = request;
  const { set } = slotSetOf(slotSets, keyColumns);
  const window = visibleWindow(spine.range, view.ttlSeconds);
  const filter: Predicate =
    window === undefined
      ? { op: "false" }
      : and(
          greaterThanOrEqual(view.timestampField, window.fromMicros),
          lessThanOrEqual(view.timestampField, window.toMicros),
          keyPredicate(set, request),
        );
  const scanned = await scanTable(table, snapshotId, filter);
  const files = featureFiles(scanned, schema, view.timestampField, window);
  const micros = binMicros(spine.rows, set, files, window);
  const bins = micros === undefined ? undefined : await measureBins(session, spine, keyColumns, micros);
  return { request, snapshotId, schema, ...files, bins };
}
