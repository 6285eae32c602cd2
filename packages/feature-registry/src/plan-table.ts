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
import { RegistryError } from "./errors.ts";
import { type ViewColumn, viewColumns } from "./view-table.ts";

/** A change of a feature view's table; none of them rewrites a data file. Names are dotted where something is inside. */
export type TableChange =
  | { readonly type: "create-table" }
  | { readonly type: "rename-column"; readonly name: string; readonly to: string }
  | { readonly type: "add-column"; readonly column: ViewColumn }
  | { readonly type: "widen-column"; readonly name: string; readonly from: PrimitiveType; readonly to: PrimitiveType }
  | { readonly type: "drop-column"; readonly name: string }
  | { readonly type: "update-doc"; readonly name: string; readonly doc: string };

/**
 * What a table needs to serve a view. Columns that neither the view nor its registered version knows belong to
 * somebody else and are left alone.
 */
export function planTable(
  view: FeatureView,
  before: FeatureView | undefined,
  table: Schema | undefined,
): readonly TableChange[] {
  if (before !== undefined) refuseChangedKeys(view, before);
  if (table === undefined) return [{ type: "create-table" }];
  const columns = viewColumns(view);
  const renamed = renamedColumns(view, table);
  const fields = table.fields.map((field) => ({ ...field, name: renamed.get(field.name) ?? field.name }));
  const needed = columns.flatMap((column) =>
    planColumn(
      view,
      column,
      fields.find((f) => f.name === column.name),
    ),
  );
  const dropped = (before?.features ?? [])
    .filter((feature) => !columns.some((column) => column.name === feature.name))
    .filter((feature) => fields.some((field) => field.name === feature.name))
    .map((feature) => ({ type: "drop-column" as const, name: feature.name }));
  const renames = [...renamed].map(([name, to]) => ({ type: "rename-column" as const, name, to }));
  return [...renames, ...needed, ...dropped];
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

function planColumn(view: FeatureView, column: ViewColumn, field: NestedField | undefined): readonly TableChange[] {
  if (field === undefined) return [{ type: "add-column", column }];
  const changes: TableChange[] = [];
  if (canPromote(column.type, field.type)) {
    throw new RegistryError(
      "CHANGE_REFUSED",
      `feature view "${view.name}": "${column.name}" is ${typeToString(field.type)} in its table and cannot become ${typeToString(column.type)}, which is narrower; set its type to ${typeToString(field.type)} in the definition`,
    );
  }
  const evolution = planType(column.name, field.type, column.type);
  if (evolution === undefined) {
    throw new RegistryError(
      "CHANGE_REFUSED",
      `feature view "${view.name}": "${column.name}" is ${typeToString(field.type)} in its table and cannot become ${typeToString(column.type)}; only int to long, float to double, more decimal digits and more fields of a struct are safe, so add a feature under another name`,
    );
  }
  changes.push(...evolution);
  if (column.doc !== undefined && column.doc !== field.doc) {
    changes.push({ type: "update-doc", name: column.name, doc: column.doc });
  }
  return changes;
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

function refuseChangedKeys(view: FeatureView, before: FeatureView): void {
  const keys = (v: FeatureView) => v.joinKeys.map((key) => `${key.name} ${key.type}`).join(", ");
  if (keys(view) !== keys(before) || view.timestampField !== before.timestampField) {
    refuse(
      view,
      `its rows are identified by (${keys(before)}) at ${before.timestampField}, which cannot become (${keys(view)}) at ${view.timestampField}`,
    );
  }
  if (view.createdTimestampColumn !== before.createdTimestampColumn) {
    refuse(
      view,
      `its rows say in ${before.createdTimestampColumn} when they were written, not in ${view.createdTimestampColumn}`,
    );
  }
  if (view.partitionBy !== before.partitionBy) {
    refuse(view, `its table is partitioned by ${before.partitionBy}, which cannot become ${view.partitionBy} yet`);
  }
}

function refuse(view: FeatureView, why: string): never {
  throw new RegistryError("CHANGE_REFUSED", `feature view "${view.name}": ${why}; define a new view instead`);
}
