import { type NestedField, requireField } from "@icecore/iceberg-catalog";
import type { ReadableFile } from "@icecore/iceberg-catalog/duckdb";
import { duckdbTypeOf, quotedIdentifier, tableRelation, timestampLiteral } from "@icecore/iceberg-catalog/duckdb";
import { beginningOfTime, type PointInTimePlan, type SlotSet, type ViewPlan } from "./point-in-time-plan.ts";
import { rowColumn } from "./spine.ts";

/** The statements that carry out a plan in DuckDB, and the query that gives the result. */
export interface PointInTimeSql {
  /** Create temporary tables, in order; one statement each, so that the optimizer sees true sizes. */
  readonly steps: readonly PlanStep[];
  /** The result in spine order: the spine's columns, then the features. */
  readonly result: string;
  /** Temporary tables to drop afterwards. */
  readonly temporaryTables: readonly string[];
}

export interface PlanStep {
  readonly label: string;
  readonly sql: string;
}

interface Names {
  readonly spine: string;
  readonly prefix: string;
}

const neverBefore = "TIMESTAMPTZ '-infinity'";
const microsPerSecond = 1_000_000n;

/**
 * Renders a plan as DuckDB SQL. A slot is a distinct (keys, time) of the spine. In a slot join it owns the feature rows
 * between the slot before it and itself, so every feature row is looked at once; slots without a row of their own take
 * over the last one before them that the ttl still allows.
 */
export function pointInTimeSql(
  plan: PointInTimePlan,
  spineTable: string,
  /** Those of each view. */
  files: readonly (readonly ReadableFile[])[],
): PointInTimeSql {
  const names: Names = { spine: spineTable, prefix: `pit_${crypto.randomUUID().slice(0, 8)}` };
  const live = plan.views
    .map((view, index) => ({ view, index }))
    .filter(({ view }) => view.strategy.name !== "nothing");
  const slotSets = plan.slotSets
    .map((set, index) => ({ set, index }))
    .filter(({ index }) => live.some(({ view }) => view.slotSet === index));
  const steps = [
    ...slotSets.map(({ set, index }) => ({ label: "distinct lookups", sql: createSlots(plan, names, set, index) })),
    ...live.flatMap(({ view, index }) => viewSteps(plan, names, view, index, files[index] ?? [])),
  ];
  return {
    steps,
    result: resultQuery(plan, names),
    temporaryTables: temporaryTables(
      names,
      slotSets.map(({ index }) => index),
      live.map(({ index }) => index),
    ),
  };
}

function viewSteps(
  plan: PointInTimePlan,
  names: Names,
  view: ViewPlan,
  index: number,
  files: readonly ReadableFile[],
): readonly PlanStep[] {
  if (view.strategy.name === "asof-join") {
    return [{ label: `join ${view.request.name}`, sql: createAsofAnswers(names, view, index, files) }];
  }
  return [
    { label: `match ${view.request.name}`, sql: createMatches(names, view, index, files) },
    { label: `fill ${view.request.name}`, sql: createAnswers(plan, names, view, index) },
  ];
}

const slotsTable = (names: Names, index: number) => quotedIdentifier(`${names.prefix}_slots_${index}`);
const matchesTable = (names: Names, index: number) => quotedIdentifier(`${names.prefix}_matches_${index}`);
const answersTable = (names: Names, index: number) => quotedIdentifier(`${names.prefix}_answers_${index}`);

function temporaryTables(names: Names, slotSets: readonly number[], views: readonly number[]): readonly string[] {
  return [
    ...slotSets.map((index) => slotsTable(names, index)),
    ...views.flatMap((index) => [matchesTable(names, index), answersTable(names, index)]),
  ];
}

function createSlots({ spine }: PointInTimePlan, names: Names, set: SlotSet, index: number): string {
  const time = quotedIdentifier(spine.timestampColumn);
  const keys = set.keyColumns.map((column, key) => `${quotedIdentifier(column)} AS k${key}`);
  const keyNames = set.keyColumns.map((_, key) => `k${key}`);
  const present = [...keyNames, "t"].map((column) => `${column} IS NOT NULL`).join(" AND ");
  return `CREATE TEMP TABLE ${slotsTable(names, index)} AS
    SELECT *, row_number() OVER () AS slot, coalesce(lag(t) OVER (${partitionBy(keyNames)} ORDER BY t), ${neverBefore}) AS previous
    FROM (SELECT DISTINCT ${[...keys, `${time} AS t`].join(", ")} FROM ${names.spine}) WHERE ${present}`;
}

/** Each slot's newest row among those that fall into it. */
function createMatches(names: Names, view: ViewPlan, index: number, files: readonly ReadableFile[]): string {
  const { joinKeys, timestampField } = view.request.view;
  const time = featureColumn(timestampField);
  const keys = joinKeys.map((key, position) => `${featureColumn(key.name)} = s.k${position}`);
  return `CREATE TEMP TABLE ${matchesTable(names, index)} AS
    SELECT s.slot, ${newestRow(view)} AS newest
    FROM ${visibleRows(view, files)} f
    JOIN (SELECT *, ${lowerBound(view)} AS lower FROM ${slotsTable(names, view.slotSet)}) s
      ON ${[...keys, `${time} <= s.t`, `${time} > s.lower`].join(" AND ")}
    GROUP BY s.slot`;
}

/** Each slot's newest row by an ASOF join, which is only deterministic once every (keys, time) has one row. */
function createAsofAnswers(names: Names, view: ViewPlan, index: number, files: readonly ReadableFile[]): string {
  const { joinKeys, timestampField } = view.request.view;
  const keys = joinKeys.map((key, position) => `${featureColumn(key.name)} AS k${position}`);
  const on = joinKeys.map((_, position) => `f.k${position} = s.k${position}`);
  return `CREATE TEMP TABLE ${answersTable(names, index)} AS
    SELECT s.slot, f.newest
    FROM ${slotsTable(names, view.slotSet)} s
    ASOF JOIN (
      SELECT ${[...keys, `${featureColumn(timestampField)} AS t`, `${newestRow(view)} AS newest`].join(", ")}
      FROM ${visibleRows(view, files)} f GROUP BY ALL
    ) f ON ${[...on, "s.t >= f.t"].join(" AND ")}
    WHERE ${isAlive(view, "f.t", "s.t")}`;
}

const featureColumn = (name: string) => `f.${quotedIdentifier(name)}`;

/** The rows of a view that any slot can see. Bounds are literals, so that row groups are skipped by their statistics. */
function visibleRows(view: ViewPlan, files: readonly ReadableFile[]): string {
  const relation = tableRelation(files, tableColumns(view));
  if (view.window === undefined) return relation;
  const time = quotedIdentifier(view.request.view.timestampField);
  const { fromMicros, toMicros } = view.window;
  return `(SELECT * FROM ${relation} WHERE ${time} >= ${timestampLiteral(fromMicros)} AND ${time} <= ${timestampLiteral(toMicros)})`;
}

/** The greatest row by event timestamp, created timestamp and then its values: one answer, whatever the files' layout. */
function newestRow(view: ViewPlan): string {
  const { view: definition, features } = view.request;
  const values = features.map(({ feature }, position) => `v${position} := ${featureColumn(feature.name)}`);
  const created = `coalesce(${featureColumn(definition.createdTimestampColumn)}, ${neverBefore})`;
  return `max(struct_pack(${[`t := ${featureColumn(definition.timestampField)}`, `c := ${created}`, ...values].join(", ")}))`;
}

function isAlive(view: ViewPlan, rowTime: string, slotTime: string): string {
  const { ttlSeconds } = view.request.view;
  return ttlSeconds === undefined
    ? "true"
    : `epoch_us(${rowTime}) >= epoch_us(${slotTime}) - ${BigInt(ttlSeconds) * microsPerSecond}`;
}

/** A row is in reach of a slot when it is younger than the slot before, and not expired. */
function lowerBound(view: ViewPlan): string {
  const { ttlSeconds } = view.request.view;
  if (ttlSeconds === undefined) return "previous";
  const oldest = `epoch_us(t) - ${BigInt(ttlSeconds) * microsPerSecond + 1n}`;
  return `greatest(previous, make_timestamptz(CAST(greatest(${oldest}, ${beginningOfTime}) AS BIGINT)))`;
}

/** Every slot's row: its own, or the last one before it that has not expired. */
function createAnswers(plan: PointInTimePlan, names: Names, view: ViewPlan, index: number): string {
  const keys = (plan.slotSets[view.slotSet]?.keyColumns ?? []).map((_, key) => `s.k${key}`);
  const carried = `last_value(m.newest IGNORE NULLS) OVER (${partitionBy(keys)} ORDER BY s.t ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  return `CREATE TEMP TABLE ${answersTable(names, index)} AS
    SELECT slot, newest FROM (
      SELECT s.slot, s.t, ${carried} AS newest
      FROM ${slotsTable(names, view.slotSet)} s LEFT JOIN ${matchesTable(names, index)} m USING (slot)
    ) WHERE newest IS NOT NULL AND ${isAlive(view, "newest.t", "t")}`;
}

function resultQuery(plan: PointInTimePlan, names: Names): string {
  const s = (column: string) => `spine.${quotedIdentifier(column)}`;
  const used = [...new Set(plan.views.filter((view) => view.strategy.name !== "nothing").map((view) => view.slotSet))];
  const slotJoins = used.map((index) => {
    const keys = plan.slotSets[index]?.keyColumns ?? [];
    const on = keys.map((column, key) => `${s(column)} = s${index}.k${key}`);
    return `LEFT JOIN ${slotsTable(names, index)} s${index} ON ${[...on, `${s(plan.spine.timestampColumn)} = s${index}.t`].join(" AND ")}`;
  });
  const answerJoins = plan.views.flatMap((view, index) =>
    view.strategy.name === "nothing"
      ? []
      : [`LEFT JOIN ${answersTable(names, index)} a${index} ON a${index}.slot = s${view.slotSet}.slot`],
  );
  const columns = [
    ...plan.spine.columns.map((column) => s(column.name)),
    ...plan.views.flatMap((view, index) => featureColumns(view, index)),
  ];
  return `SELECT ${columns.join(", ")} FROM ${names.spine} spine ${[...slotJoins, ...answerJoins].join(" ")} ORDER BY spine.${rowColumn}`;
}

function featureColumns(view: ViewPlan, index: number): readonly string[] {
  return view.request.features.map(({ feature, output }, position) => {
    const type = duckdbTypeOf(requireField(view.schema, feature.name).type);
    const value = view.strategy.name === "nothing" ? `CAST(NULL AS ${type})` : `a${index}.newest.v${position}`;
    return `${value} AS ${quotedIdentifier(output)}`;
  });
}

function tableColumns(view: ViewPlan) {
  const { view: definition, features } = view.request;
  const plain = [
    ...definition.joinKeys.map((key) => key.name),
    definition.timestampField,
    definition.createdTimestampColumn,
  ];
  const field = (name: string): NestedField => requireField(view.schema, name);
  return [
    ...plain.map((name) => ({ field: field(name) })),
    ...features.map(({ feature }) => ({
      field: field(feature.name),
      ...(feature.default === undefined ? {} : { default: String(feature.default) }),
    })),
  ];
}

function partitionBy(keys: readonly string[]): string {
  return keys.length === 0 ? "" : `PARTITION BY ${keys.join(", ")}`;
}
