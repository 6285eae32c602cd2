import type { ReadableFile } from "@icecore/iceberg-catalog/duckdb";
import type { PointInTimePlan, ViewPlan } from "./point-in-time-plan.ts";
import { isAlive } from "./slot-join-sql.ts";
import { featureRows, keyNames, neverBefore, partitionBy, slotsInPart, type TableNames } from "./slot-tables.ts";
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
  const rows = featureRows(plan, view, files);
  const asked = slotsInPart(names, view, part);
  const seen = keys.length > 0 || part.of === 1 ? isInPart(keys, part) : seenFrom(asked, rows);
  return `SELECT s.slot, f.t
    FROM ${asked} s
    ASOF JOIN (SELECT ${[...keys, "t"].join(", ")} FROM ${rows} f ${known} WHERE ${seen}) f
    ON ${[...on, "s.t >= f.t"].join(" AND ")}
    WHERE ${isAlive(view, "f.t", "s.t")}`;
}

/** Slots of a key that have found the same time take the row that the first of them fetches. */
export function asofAnswers(names: TableNames, view: ViewPlan, index: number, part: Part): string {
  const keys = keyNames(view.request.keyColumns.length).map((key) => `s.${key}`);
  return `SELECT slot, min(slot) OVER (${partitionBy([...keys, "m.t"])}) AS source
    FROM ${names.times(index)} m JOIN ${slotsInPart(names, view, part)} s USING (slot)`;
}

/** The times that some slot of a stretch sees last: those in the stretch, and the last one before it. */
function seenFrom(slots: string, rows: string): string {
  const first = `(SELECT min(t) FROM ${slots})`;
  return `t <= (SELECT max(t) FROM ${slots}) AND t >= coalesce((SELECT max(t) FROM ${rows} WHERE t <= ${first}), ${neverBefore})`;
}
