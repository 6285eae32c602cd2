import { type Session, TemporaryTables } from "@icecore/iceberg-catalog/duckdb";
import type { ActualRows, PointInTimePlan } from "./point-in-time-plan.ts";
import type { PlanStep, PointInTimeSql } from "./point-in-time-sql.ts";

export interface RetrievalStep {
  readonly label: string;
  readonly index: number;
  readonly total: number;
}

/** Carries out a plan: fills the temporary tables, and hands over the query of the result while they are there. */
export async function runPlan<T>(
  session: Session,
  plan: PointInTimePlan,
  sql: PointInTimeSql,
  onStep: (step: RetrievalStep) => void,
  use: (resultSql: string, actual: ActualRows) => Promise<T>,
): Promise<T> {
  const total = sql.steps.length + 1;
  const announce = (step: Pick<PlanStep, "label">, index: number) => onStep({ label: step.label, index, total });
  await using tables = new TemporaryTables(session);
  for (const name of sql.temporaryTables) tables.own(name);
  for (const [index, step] of sql.steps.entries()) {
    announce(step, index);
    await session.run(step.sql, "point-in-time join");
  }
  announce({ label: "join the spine" }, total - 1);
  return await use(sql.result, await countRows(session, plan, sql));
}

async function countRows(session: Session, plan: PointInTimePlan, sql: PointInTimeSql): Promise<ActualRows> {
  const row = await session.row(sql.actual);
  const count = (name: string) => BigInt(String(row[name] ?? 0));
  return {
    views: plan.views.map((_, index) => ({ matched: count(`matched_${index}`), answered: count(`answered_${index}`) })),
  };
}
