import type { ReadableFile } from "@icecore/iceberg-catalog/duckdb";
import type { PointInTimePlan, ViewPlan } from "./point-in-time-plan.ts";
import { isAlive } from "./slot-join-sql.ts";
import { featureRows, keyNames, partitionBy, type TableNames } from "./slot-tables.ts";
import { isInPart, type Part } from "./spine-keys.ts";

/** The time of each slot's newest row by an ASOF join, which says for certain when it was, but not which of several rows. */
export function asofTimes(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  part: Part,
  files: readonly ReadableFile[],
): string {
  const keys = keyNames(view.request.keyColumns.length);
  const on = keys.map((key) => `f.${key} = s.${key}`);
  const slots = names.slots(view.slotSet);
  const isSemiJoin = view.strategy.name === "asof-join" && view.strategy.semiJoin && keys.length > 0;
  const known = isSemiJoin
    ? `SEMI JOIN (SELECT DISTINCT ${keys.join(", ")} FROM ${slots}) USING (${keys.join(", ")})`
    : "";
  return `SELECT s.slot, f.t
    FROM (SELECT * FROM ${slots} WHERE ${isInPart(keys, part)}) s
    ASOF JOIN (SELECT ${[...keys, "t"].join(", ")} FROM ${featureRows(plan, view, files)} f ${known} WHERE ${isInPart(keys, part)}) f
    ON ${[...on, "s.t >= f.t"].join(" AND ")}
    WHERE ${isAlive(view, "f.t", "s.t")}`;
}

/** Slots of a key that have found the same time take the row that the first of them fetches. */
export function asofAnswers(names: TableNames, view: ViewPlan, index: number, part: Part): string {
  const keys = keyNames(view.request.keyColumns.length).map((key) => `s.${key}`);
  return `SELECT slot, min(slot) OVER (${partitionBy([...keys, "m.t"])}) AS source
    FROM ${names.times(index)} m JOIN ${names.slots(view.slotSet)} s USING (slot)
    WHERE ${isInPart(keys, part)}`;
}
