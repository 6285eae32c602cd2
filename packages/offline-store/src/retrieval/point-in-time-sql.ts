import { requireField } from "@icecore/iceberg-catalog";
import type { ReadableFile } from "@icecore/iceberg-catalog/duckdb";
import { duckdbTypeOf, quotedIdentifier } from "@icecore/iceberg-catalog/duckdb";
import { asofAnswers, asofTimes } from "./asof-join-sql.ts";
import type { PointInTimePlan, ViewPlan } from "./point-in-time-plan.ts";
import { carries, fetchMatches, slotAnswers, slotMatches, slotTimes } from "./slot-join-sql.ts";
import { slotsQuery, type TableNames, tableNames } from "./slot-tables.ts";
import { rowColumn } from "./spine.ts";
import { lookupKey, type Part } from "./spine-keys.ts";

/** The statements that carry out a plan in DuckDB, and the query that gives the result. */
export interface PointInTimeSql {
  /** Fill temporary tables, in order; one statement each, so that the optimizer sees true sizes. */
  readonly steps: readonly PlanStep[];
  /** Counts `matched_N` and `answered_N` of each view N that is joined. */
  readonly actual: string;
  /** The result in spine order: the spine's columns, then the features. */
  readonly result: string;
  /** Temporary tables to drop afterwards. */
  readonly temporaryTables: readonly string[];
}

export interface PlanStep {
  readonly label: string;
  readonly sql: string;
}

/** Renders a plan as DuckDB SQL. */
export function pointInTimeSql(
  plan: PointInTimePlan,
  spineTable: string,
  /** Those of each view. */
  files: readonly (readonly ReadableFile[])[],
): PointInTimeSql {
  const names = tableNames(`pit_${crypto.randomUUID().slice(0, 8)}`);
  const live = [...plan.views.entries()].filter(([, view]) => view.strategy.name !== "nothing");
  const slotSets = [...plan.slotSets.entries()].filter(([set]) => live.some(([, view]) => view.slotSet === set));
  const slotSteps = slotSets.map(([index, set]) => {
    const slots = slotsQuery(plan, spineTable, rowColumn, set, isDistinct(plan, index));
    return { label: "lookups", sql: `CREATE TEMP TABLE ${names.slots(index)} AS ${slots}` };
  });
  const viewTables = live.flatMap(([index, view]) => tablesOf(names, view, index));
  const counts = live.map(([index, view]) => {
    const count = (table: string, as: string) => `(SELECT count(*) FROM ${table}) AS ${as}_${index}`;
    const answers = carries(view) ? names.answers(index) : names.matches(index);
    return `${count(names.matches(index), "matched")}, ${count(answers, "answered")}`;
  });
  return {
    steps: [...slotSteps, ...live.flatMap(([index, view]) => viewSteps(plan, names, view, index, files[index] ?? []))],
    actual: `SELECT ${counts.length === 0 ? "1" : counts.join(", ")}`,
    result: resultQuery(plan, names, spineTable),
    temporaryTables: [...slotSets.map(([index]) => names.slots(index)), ...viewTables],
  };
}

const isFetchedAfterwards = ({ strategy }: ViewPlan): boolean =>
  strategy.name === "asof-join" || (strategy.name === "slot-join" && strategy.fetch === "afterwards");

const tablesOf = (names: TableNames, view: ViewPlan, index: number): readonly string[] => [
  ...(isFetchedAfterwards(view) ? [names.times(index)] : []),
  ...(carries(view) ? [names.answers(index)] : []),
  names.matches(index),
];

const isDistinct = ({ views }: PointInTimePlan, slotSet: number): boolean =>
  views.some((view) => view.slotSet === slotSet && carries(view));

/** In parts: every table is begun by the first part, and the others add to it. */
function viewSteps(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  index: number,
  files: readonly ReadableFile[],
): readonly PlanStep[] {
  const { strategy, request } = view;
  if (strategy.name === "nothing") return [];
  const parts = Array.from({ length: strategy.passes }, (_, pass): Part => ({ index: pass, of: strategy.passes }));
  return parts.flatMap((part) =>
    partSteps(plan, names, view, index, part, files).map(({ doing, table, query }) => ({
      label: `${doing} ${request.name}${part.of === 1 ? "" : ` (${part.index + 1} of ${part.of})`}`,
      sql: part.index === 0 ? `CREATE TEMP TABLE ${table} AS ${query}` : `INSERT INTO ${table} ${query}`,
    })),
  );
}

interface PartStep {
  readonly doing: string;
  readonly table: string;
  readonly query: string;
}

function partSteps(
  plan: PointInTimePlan,
  names: TableNames,
  view: ViewPlan,
  index: number,
  part: Part,
  files: readonly ReadableFile[],
): readonly PartStep[] {
  const [times, matches, answers] = [names.times(index), names.matches(index), names.answers(index)];
  const isAsof = view.strategy.name === "asof-join";
  const fill: readonly PartStep[] = carries(view)
    ? [
        {
          doing: "fill",
          table: answers,
          query: isAsof ? asofAnswers(names, view, index, part) : slotAnswers(plan, names, view, index, part),
        },
      ]
    : [];
  if (!isFetchedAfterwards(view)) {
    return [{ doing: "match", table: matches, query: slotMatches(plan, names, view, part, files) }, ...fill];
  }
  const found = isAsof ? asofTimes(plan, names, view, part, files) : slotTimes(plan, names, view, part, files);
  return [
    { doing: "match", table: times, query: found },
    ...fill,
    { doing: "fetch", table: matches, query: fetchMatches(plan, names, view, index, part, files) },
  ];
}

function resultQuery(plan: PointInTimePlan, names: TableNames, spineTable: string): string {
  const live = [...plan.views.entries()].filter(([, view]) => view.strategy.name !== "nothing");
  const distinct = [...new Set(live.map(([, view]) => view.slotSet))].filter((index) => isDistinct(plan, index));
  const slotJoins = distinct.map((index) => {
    const keys = (plan.slotSets[index]?.keyColumns ?? []).map(
      (column, key) => `${lookupKey(plan.spine.columns, column)} = s${index}.k${key}`,
    );
    const time = `spine.${quotedIdentifier(plan.spine.timestampColumn)} = s${index}.t`;
    return `LEFT JOIN ${names.slots(index)} s${index} ON ${[...keys, time].join(" AND ")}`;
  });
  const viewJoins = live.map(([index, view]) => {
    const slot = distinct.includes(view.slotSet) ? `s${view.slotSet}.slot` : `spine.${rowColumn}`;
    const matches = `LEFT JOIN ${names.matches(index)} m${index} ON m${index}.slot`;
    if (!carries(view)) return `${matches} = ${slot}`;
    return `LEFT JOIN ${names.answers(index)} a${index} ON a${index}.slot = ${slot} ${matches} = a${index}.source`;
  });
  const columns = [
    ...plan.spine.columns.map(({ name }) => `spine.${quotedIdentifier(name)}`),
    ...plan.views.flatMap((view, index) => featureColumns(view, index)),
  ];
  return `SELECT ${columns.join(", ")} FROM ${spineTable} spine ${[...slotJoins, ...viewJoins].join(" ")} ORDER BY spine.${rowColumn}`;
}

function featureColumns(view: ViewPlan, index: number): readonly string[] {
  return view.request.features.map(({ feature, output }, position) => {
    const type = duckdbTypeOf(requireField(view.schema, feature.name).type);
    const value = view.strategy.name === "nothing" ? `CAST(NULL AS ${type})` : `m${index}.newest.v${position}`;
    return `${value} AS ${quotedIdentifier(output)}`;
  });
}
