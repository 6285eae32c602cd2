import type { ReadableFile } from "@icecore/iceberg-catalog/duckdb";
import type { PointInTimePlan, ViewPlan } from "./point-in-time-plan.ts";
import { isAlive } from "./slot-join-sql.ts";
import { featureRows, keyNames, newestOf, type TableNames } from "./slot-tables.ts";
import { isInPart, type Part } from "./spine-keys.ts";

/** Each slot's newest row by an ASOF join, which is only deterministic once every (keys, time) has one row. */
export function asofMatches(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  part: Part,
  files: readonly ReadableFile[],
): string {
  const keys = keyNames(view.request.keyColumns.length);
  const on = keys.map((key) => `f.${key} = s.${key}`);
  const slots = names.slots(view.slotSet);
  const semiJoin = view.strategy.name === "asof-join" && view.strategy.semiJoin && keys.length > 0;
  const known = semiJoin
    ? `SEMI JOIN (SELECT DISTINCT ${keys.join(", ")} FROM ${slots}) USING (${keys.join(", ")})`
    : "";
  return `SELECT s.slot, f.newest
    FROM (SELECT * FROM ${slots} WHERE ${isInPart(keys, part)}) s
    ASOF JOIN (
      SELECT ${[...keys, "t"].join(", ")}, ${newestOf(view)} AS newest
      FROM (SELECT * FROM ${featureRows(plan, view, files)} WHERE ${isInPart(keys, part)}) f ${known}
      GROUP BY ALL
    ) f ON ${[...on, "s.t >= f.t"].join(" AND ")}
    WHERE ${isAlive(view, "f.t", "s.t")}`;
}
