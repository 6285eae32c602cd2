import type { ReadableFile } from "@icecore/iceberg-catalog/duckdb";
import { timestampLiteral } from "@icecore/iceberg-catalog/duckdb";
import type { PointInTimePlan, ViewPlan } from "./point-in-time-plan.ts";
import {
  featureRows,
  keyNames,
  neverBefore,
  newestOf,
  partitionBy,
  slotsInPart,
  type TableNames,
} from "./slot-tables.ts";
import { isInPart, type Part } from "./spine-keys.ts";
import { binsBegin } from "./time-bins.ts";
import { beginningOfTime, ttlMicros } from "./visible-window.ts";

/**
 * Each slot's newest row among those that fall into it: a slot owns the rows that can be seen from after the slot before
 * it up to itself, so every feature row is looked at once.
 */
export function slotMatches(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  part: Part,
  files: readonly ReadableFile[],
): string {
  return `SELECT s.slot, ${newestOf(view)} AS newest ${fallingRows(plan, names, view, part, files)} GROUP BY s.slot`;
}

/** No more of each slot's newest row than its time: two numbers a row, where whole rows are fetched afterwards. */
export function slotTimes(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  part: Part,
  files: readonly ReadableFile[],
): string {
  return `SELECT s.slot, max(f.t) AS t ${fallingRows(plan, names, view, part, files)} GROUP BY s.slot`;
}

function fallingRows(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  part: Part,
  files: readonly ReadableFile[],
): string {
  const keys = keyNames(view.request.keyColumns.length);
  const bins = view.strategy.name === "slot-join" ? view.strategy.binMicros : undefined;
  const slots = `(SELECT *, ${lowerBound(plan, view)} AS lower FROM ${names.slots(view.slotSet)} WHERE ${isInPart(keys, part)})`;
  const on = [
    ...keys.map((key) => `f.${key} = s.${key}`),
    "f.seen <= s.t",
    "f.seen > s.lower",
    ...(plan.filterByCreatedTimestamp ? [isAlive(view, "f.t", "s.t")] : []),
    ...(bins === undefined ? [] : [`${binOf("f.seen", bins)} = s.bin`]),
  ];
  return `FROM (SELECT * FROM ${featureRows(plan, view, files)} WHERE ${isInPart(keys, part)}) f
    JOIN ${bins === undefined ? slots : binned(slots, view, bins)} s ON ${on.join(" AND ")}`;
}

/** Whether slots take over the rows of the slots before them: who takes which is then in a table of answers. */
export function carries({ strategy }: ViewPlan): boolean {
  return strategy.name === "asof-join" || (strategy.name === "slot-join" && strategy.carry);
}

/** Slots, once for each bin that they reach into. */
function binned(slots: string, view: ViewPlan, micros: bigint): string {
  const { window, firstMicros } = view;
  const begin = window === undefined ? beginningOfTime : binsBegin(firstMicros ?? window.fromMicros, window);
  const from = `greatest(lower, ${timestampLiteral(begin - 1n)})`;
  return `(SELECT *, unnest(range(${binOf(from, micros)}, ${binOf("t", micros)} + 1)) AS bin FROM ${slots})`;
}

const binOf = (time: string, micros: bigint): string => `(epoch_us(${time}) // ${micros})`;

/** Every slot's row: its own, or the last one before it, if that has not expired. */
export function slotAnswers(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  index: number,
  part: Part,
): string {
  const keys = keyNames(view.request.keyColumns.length);
  const slotKeys = keys.map((key) => `s.${key}`);
  const isFetched = view.strategy.name === "slot-join" && view.strategy.fetch === "afterwards";
  const [own, time] = isFetched ? [names.times(index), "m.t"] : [names.matches(index), "m.newest.t"];
  // What was created late is seen late, when a row of a later time may have been seen long since.
  const carried = plan.filterByCreatedTimestamp
    ? `arg_max(m.slot, m.newest) OVER w AS source, max(${time}) OVER w AS time`
    : `last_value(m.slot IGNORE NULLS) OVER w AS source, last_value(${time} IGNORE NULLS) OVER w AS time`;
  return `SELECT slot, source FROM (
      SELECT s.slot, s.t, ${carried}
      FROM ${names.slots(view.slotSet)} s LEFT JOIN ${own} m USING (slot)
      WHERE ${isInPart(slotKeys, part)}
      WINDOW w AS (${partitionBy(slotKeys)} ORDER BY s.t ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ) WHERE source IS NOT NULL AND ${isAlive(view, "time", "t")}`;
}

/** The whole rows of the times that some slot takes. */
export function fetchMatches(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  index: number,
  part: Part,
  files: readonly ReadableFile[],
): string {
  const keys = keyNames(view.request.keyColumns.length);
  const taken = `SELECT s.* EXCLUDE (t), m.t FROM ${names.times(index)} m JOIN ${slotsInPart(names, view, part)} s USING (slot)
    ${carries(view) ? `WHERE slot IN (SELECT source FROM ${names.answers(index)})` : ""}`;
  const on = [...keys.map((key) => `f.${key} = w.${key}`), "f.t = w.t"];
  return `SELECT w.slot, ${newestOf(view)} AS newest
    FROM ${featureRows(plan, view, files)} f
    JOIN (${taken}) w ON ${on.join(" AND ")}
    GROUP BY w.slot`;
}

export function isAlive(view: ViewPlan, rowTime: string, slotTime: string): string {
  const ttl = ttlMicros(view.request.view.ttlSeconds);
  return ttl === undefined ? "true" : `epoch_us(${rowTime}) >= epoch_us(${slotTime}) - ${ttl}`;
}

/** A row is in reach of a slot when it has not expired, and is seen after the slot before if that one carries it on. */
function lowerBound(plan: PointInTimePlan, view: ViewPlan): string {
  const ttl = ttlMicros(view.request.view.ttlSeconds);
  const previous = carries(view) ? "previous" : neverBefore;
  if (ttl === undefined || plan.filterByCreatedTimestamp) return previous;
  const oldest = `epoch_us(t) - ${ttl + 1n}`;
  return `greatest(${previous}, make_timestamptz(CAST(greatest(${oldest}, ${beginningOfTime}) AS BIGINT)))`;
}
