import { type NestedField, requireField } from "@icecore/iceberg-catalog";
import type { ReadableFile } from "@icecore/iceberg-catalog/duckdb";
import { predicateSql, quotedIdentifier, tableRelation, timestampLiteral } from "@icecore/iceberg-catalog/duckdb";
import type { PointInTimePlan, ViewPlan } from "./point-in-time-plan.ts";
import { keyPredicate, type SlotSet } from "./slot-set.ts";
import { isInPart, lookupKey, type Part } from "./spine-keys.ts";

/** Before every time there is. */
export const neverBefore = "TIMESTAMPTZ '-infinity'";

/** The temporary tables of one run. */
export interface TableNames {
  /** Of a slot set: `slot` (a row of the spine), keys `k0`..., time `t`, and the time of the slot before. */
  slots(set: number): string;
  /** Of a view: `slot`, and `t`, the time of the newest row that falls to it. */
  times(view: number): string;
  /** Of a view: `slot` and `newest`, the row that falls to it. */
  matches(view: number): string;
  /** Of a view: `slot`, and `source`, the slot whose match it takes. */
  answers(view: number): string;
}

export function tableNames(prefix: string): TableNames {
  const name = (kind: string) => (index: number) => quotedIdentifier(`${prefix}_${kind}_${index}`);
  return { slots: name("slots"), times: name("times"), matches: name("matches"), answers: name("answers") };
}

/** Keys of a slot, or of a feature row, as `k0`, `k1`... */
export const keyNames = (count: number): readonly string[] => Array.from({ length: count }, (_, key) => `k${key}`);

/**
 * A slot is a distinct (keys, time) of the spine, known by the first row that has it; or each row, where none takes over
 * from another.
 */
export function slotsQuery(
  { spine }: PointInTimePlan,
  spineTable: string,
  rowColumn: string,
  set: SlotSet,
  isDistinct: boolean,
): string {
  const names = keyNames(set.keyColumns.length);
  const keys = set.keyColumns.map((column, key) => `${lookupKey(spine.columns, column)} AS k${key}`);
  const present = [...names, "t"].map((column) => `${column} IS NOT NULL`).join(" AND ");
  const columns = [...keys, `spine.${quotedIdentifier(spine.timestampColumn)} AS t`].join(", ");
  const rows = `(SELECT ${rowColumn}, ${columns} FROM ${spineTable} spine)`;
  if (!isDistinct) return `SELECT ${[...names, "t"].join(", ")}, ${rowColumn} AS slot FROM ${rows} WHERE ${present}`;
  return `SELECT *, coalesce(lag(t) OVER (${partitionBy(names)} ORDER BY t), ${neverBefore}) AS previous
    FROM (SELECT ${[...names, "t"].join(", ")}, min(${rowColumn}) AS slot FROM ${rows} WHERE ${present} GROUP BY ALL)`;
}

/**
 * The rows of a view that any slot can see: keys `k0`..., event time `t`, the time from when they can be seen `seen`, and
 * `newest` to compare them by. Bounds are literals, so that row groups are skipped by their statistics.
 */
export function featureRows(plan: PointInTimePlan, view: ViewPlan, files: readonly ReadableFile[]): string {
  const { view: definition, features } = view.request;
  const time = quotedIdentifier(definition.timestampField);
  const created = quotedIdentifier(definition.createdTimestampColumn);
  const keys = definition.joinKeys.map(
    ({ name, type }, key) => `${featureKey(quotedIdentifier(name), type)} AS k${key}`,
  );
  const values = features.map(({ feature }, position) => `${quotedIdentifier(feature.name)} AS v${position}`);
  const seen = plan.filterByCreatedTimestamp ? `greatest(${time}, ${created})` : time;
  const columns = [...keys, `${time} AS t`, `coalesce(${created}, ${neverBefore}) AS c`, `${seen} AS seen`, ...values];
  const set = plan.slotSets[view.slotSet];
  const conditions = [
    ...(view.window === undefined
      ? []
      : [
          `${time} >= ${timestampLiteral(view.window.fromMicros)}`,
          `${time} <= ${timestampLiteral(view.window.toMicros)}`,
          // Null is neither.
          ...(plan.filterByCreatedTimestamp ? [`${created} <= ${timestampLiteral(view.window.toMicros)}`] : []),
        ]),
    ...(set === undefined ? [] : [predicateSql(keyPredicate(set, view.request), view.schema)]),
  ];
  return `(SELECT ${columns.join(", ")} FROM ${tableRelation(files.map(unfiltered), tableColumns(view))} WHERE ${conditions.join(" AND ")})`;
}

/** The slots of a part: by a hash of their keys or, where they have none, by their times. */
export function slotsInPart(names: TableNames, view: ViewPlan, part: Part): string {
  const keys = keyNames(view.request.keyColumns.length);
  const slots = names.slots(view.slotSet);
  if (keys.length > 0) return `(SELECT * FROM ${slots} WHERE ${isInPart(keys, part)})`;
  const { index, of } = part;
  const border = (share: number) => `(SELECT quantile_disc(t, ${share}) FROM ${slots})`;
  const conditions = [
    ...(index === 0 ? [] : [`t > ${border(index / of)}`]),
    ...(index + 1 === of ? [] : [`t <= ${border((index + 1) / of)}`]),
  ];
  return conditions.length === 0 ? slots : `(SELECT * FROM ${slots} WHERE ${conditions.join(" AND ")})`;
}

/** DuckDB takes conditions to leave a fifth of the rows; the files were chosen by them, so they leave nearly all. */
const unfiltered = (file: ReadableFile): ReadableFile => ({ ...file, rows: file.rows * 5n });

/** In the type that {@link lookupKey} gives. */
const featureKey = (sql: string, type: string): string => (type === "int" ? `CAST(${sql} AS BIGINT)` : sql);

/** The greatest row by event timestamp, created timestamp and then its values: one answer, whatever the files' layout. */
export function newestOf({ request }: ViewPlan): string {
  const values = request.features.map((_, position) => `v${position} := f.v${position}`);
  return `max(struct_pack(${["t := f.t", "c := f.c", ...values].join(", ")}))`;
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

export function partitionBy(keys: readonly string[]): string {
  return keys.length === 0 ? "" : `PARTITION BY ${keys.join(", ")}`;
}
