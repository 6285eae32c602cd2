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
import { openFiles, quotedIdentifier, scanTable } from "@icecore/iceberg-catalog/duckdb";
import {
  distinctKeyColumns,
  type PointInTimePlan,
  planPointInTime,
  type SlotSet,
  type ViewScan,
  visibleWindow,
} from "./point-in-time-plan.ts";
import { type PlanStep, type PointInTimeSql, pointInTimeSql } from "./point-in-time-sql.ts";
import { refuseBadSpine } from "./refuse-bad-spine.ts";
import type { Spine } from "./spine.ts";

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
  readonly plan: PointInTimePlan;
  /**
   * Runs the join and hands `use` the query of its result, one row per spine row in spine order. Temporary tables are
   * gone afterwards.
   */
  run<T>(use: (resultSql: string) => Promise<T>, onStep?: (step: RetrievalStep) => void): Promise<T>;
}

export interface RetrievalStep {
  readonly label: string;
  readonly index: number;
  readonly total: number;
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
): Promise<RetrievalJob> {
  for (const { request } of views) refuseBadSpine(spine, request);
  const scans = await Promise.all(views.map((view) => scanView(view, spine)));
  const slotSets = await countKeys(session, spine, distinctKeyColumns(views.map((view) => view.request)));
  const plan = planPointInTime(
    { columns: spine.columns, timestampColumn: spine.timestampColumn, rows: spine.rows, range: spine.range },
    slotSets,
    scans,
  );
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
  return { plan, run: async (use, onStep = () => {}) => runPlan(session, await sql(), use, onStep) };
}

async function countKeys(
  session: Session,
  spine: Spine,
  keyColumns: readonly (readonly string[])[],
): Promise<readonly SlotSet[]> {
  const counts = keyColumns.map((columns, index) => {
    const keys = columns.length === 0 ? "1" : `row(${columns.map(quotedIdentifier).join(", ")})`;
    return `approx_count_distinct(${keys}) AS keys_${index}`;
  });
  if (counts.length === 0) return [];
  const row = await session.row(`SELECT ${counts.join(", ")} FROM ${spine.table}`);
  return keyColumns.map((columns, index) => ({ keyColumns: columns, keys: BigInt(String(row[`keys_${index}`])) }));
}

async function scanView(
  { request, table, snapshotId, schema = table.schema }: PinnedView,
  spine: Spine,
): Promise<ViewScan> {
  const { view } = request;
  const window = visibleWindow(spine.range, view.ttlSeconds);
  const filter: Predicate =
    window === undefined
      ? { op: "false" }
      : and(
          greaterThanOrEqual(view.timestampField, window.fromMicros),
          lessThanOrEqual(view.timestampField, window.toMicros),
        );
  return { request, snapshotId, schema, ...(await scanTable(table, snapshotId, filter)) };
}

async function runPlan<T>(
  session: Session,
  sql: PointInTimeSql,
  use: (resultSql: string) => Promise<T>,
  onStep: (step: RetrievalStep) => void,
): Promise<T> {
  const total = sql.steps.length + 1;
  const announce = (step: Pick<PlanStep, "label">, index: number) => onStep({ label: step.label, index, total });
  try {
    for (const [index, step] of sql.steps.entries()) {
      announce(step, index);
      await session.run(step.sql, "point-in-time join");
    }
    announce({ label: "join the spine" }, total - 1);
    return await use(sql.result);
  } finally {
    for (const table of sql.temporaryTables) await session.run(`DROP TABLE IF EXISTS ${table}`);
  }
}
