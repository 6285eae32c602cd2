import {
  canPromote,
  type IcebergType,
  isPrimitive,
  type NestedField,
  type PrimitiveType,
  type Schema,
  typeToString,
} from "@icecore/iceberg-catalog";
import type { FeatureView } from "./definitions.ts";
import { type ViewColumn, viewColumns } from "./view-table.ts";

/** A change of a feature view's table; none of them rewrites a data file. Names are dotted where something is inside. */
export type TableChange =
  | { readonly type: "create-table" }
  | { readonly type: "rename-column"; readonly name: string; readonly to: string }
  | { readonly type: "add-column"; readonly column: ViewColumn }
  | { readonly type: "widen-column"; readonly name: string; readonly from: PrimitiveType; readonly to: PrimitiveType }
  | { readonly type: "drop-column"; readonly name: string }
  | { readonly type: "update-doc"; readonly name: string; readonly doc: string };

/** The changes that make a table serve a view, and why some that it would need cannot be made: a sentence each. */
export interface TablePlan {
  readonly changes: readonly TableChange[];
  readonly refusals: readonly string[];
}

/**
 * What a table needs to serve a view. Columns that neither the view nor its registered version knows belong to
 * somebody else and are left alone.
 */
export function planTable(view: FeatureView, before: FeatureView | undefined, table: Schema | undefined): TablePlan {
  const refusals = before === undefined ? [] : refusedIdentity(view, before);
  if (table === undefined) return { changes: [{ type: "create-table" }], refusals };
  const columns = viewColumns(view);
  const renamed = renamedColumns(view, table);
  const fields = table.fields.map((field) => ({ ...field, name: renamed.get(field.name) ?? field.name }));
  // Of other keys, it is said already that the table has none.
  const judged = refusals.length === 0 ? columns : columns.slice(-view.features.length);
  const needed = judged.map((column) =>
    planColumn(
      column,
      fields.find((f) => f.name === column.name),
    ),
  );
  const dropped = (before?.features ?? [])
    .filter((feature) => !columns.some((column) => column.name === feature.name))
    .filter((feature) => fields.some((field) => field.name === feature.name))
    .map((feature) => ({ type: "drop-column" as const, name: feature.name }));
  const renames = [...renamed].map(([name, to]) => ({ type: "rename-column" as const, name, to }));
  return {
    changes: [...renames, ...needed.flatMap(({ changes }) => changes), ...dropped],
    refusals: [...refusals, ...needed.flatMap((plan) => plan.refusals)],
  };
}

/** From the column's name to the feature's, for those that still go by their former name. */
function renamedColumns(view: FeatureView, table: Schema): ReadonlyMap<string, string> {
  const has = (name: string) => table.fields.some((field) => field.name === name);
  return new Map(
    view.features.flatMap(({ name, renamedFrom }) =>
      renamedFrom !== undefined && has(renamedFrom) && !has(name) ? [[renamedFrom, name]] : [],
    ),
  );
}

function planColumn(column: ViewColumn, field: NestedField | undefined): TablePlan {
  if (field === undefined) {
    if (!column.required) return { changes: [{ type: "add-column", column }], refusals: [] };
    return refused(`its table has no column "${column.name}", which identifies rows; restore it, or define a new view`);
  }
  const [is, wanted] = [typeToString(field.type), typeToString(column.type)];
  if (canPromote(column.type, field.type)) {
    return refused(
      `"${column.name}" is ${is} in its table and cannot become ${wanted}, which is narrower; set its type to ${is} in the definition`,
    );
  }
  const evolution = planType(column.name, field.type, column.type);
  if (evolution === undefined) {
    return refused(
      `"${column.name}" is ${is} in its table and cannot become ${wanted}; only int to long, float to double, more decimal digits and more fields of a struct are safe, so add a feature under another name`,
    );
  }
  const isDescribed = column.doc === undefined || column.doc === field.doc;
  const described: readonly TableChange[] = isDescribed
    ? []
    : [{ type: "update-doc", name: column.name, doc: column.doc ?? "" }];
  return { changes: [...evolution, ...described], refusals: [] };
}

function refused(why: string): TablePlan {
  return { changes: [], refusals: [why] };
}

/** What makes one type another (spec, "Schema Evolution"); undefined where nothing does without loss. */
function planType(name: string, from: IcebergType, to: IcebergType): readonly TableChange[] | undefined {
  if (typeToString(from) === typeToString(to)) return [];
  if (isPrimitive(from)) {
    return isPrimitive(to) && canPromote(from, to) ? [{ type: "widen-column", name, from, to }] : undefined;
  }
  if (from.kind === "list" && to.kind === "list") return planType(`${name}.element`, from.element, to.element);
  if (from.kind === "map" && to.kind === "map") {
    const isSameKey = typeToString(from.key) === typeToString(to.key);
    return isSameKey ? planType(`${name}.value`, from.value, to.value) : undefined;
  }
  return from.kind === "struct" && to.kind === "struct" ? planFields(name, from.fields, to.fields) : undefined;
}

/** New fields come last, as an addition puts them. */
function planFields(
  name: string,
  from: readonly NestedField[],
  to: readonly NestedField[],
): readonly TableChange[] | undefined {
  if (from.some((field, index) => to[index]?.name !== field.name)) return undefined;
  const changes: TableChange[] = [];
  for (const field of to) {
    const path = `${name}.${field.name}`;
    const existing = from.find((candidate) => candidate.name === field.name);
    const added: TableChange = { type: "add-column", column: { name: path, type: field.type, required: false } };
    const inside = existing === undefined ? [added] : planType(path, existing.type, field.type);
    if (inside === undefined) return undefined;
    changes.push(...inside);
  }
  return changes;
}

/** What identifies and dates a view's rows stays as it was registered. */
function refusedIdentity(view: FeatureView, before: FeatureView): readonly string[] {
  const refusals = refusedKeys(view, before);
  if (view.partitionBy === before.partitionBy) return refusals;
  const why = `its table is partitioned by ${before.partitionBy}, which cannot become ${view.partitionBy} yet`;
  return [...refusals, `${why}; define a new view instead`];
}

/** The same, of a view whose table others lay out. */
export function refusedKeys(view: FeatureView, before: FeatureView): readonly string[] {
  const keys = (v: FeatureView) => v.joinKeys.map((key) => `${key.name} ${key.type}`).join(", ");
  const refusals: string[] = [];
  if (keys(view) !== keys(before) || view.timestampField !== before.timestampField) {
    refusals.push(
      `its rows are identified by (${keys(before)}) at ${before.timestampField}, which cannot become (${keys(view)}) at ${view.timestampField}; define a new view instead`,
    );
  }
  if (view.createdTimestampColumn !== before.createdTimestampColumn) {
    refusals.push(
      `its rows say in ${before.createdTimestampColumn} when they were written, not in ${view.createdTimestampColumn}; define a new view instead`,
    );
  }
  return refusals;
}
