import { type Schema, typeToString } from "@icecore/iceberg-catalog";
import type { FeatureView } from "./definitions.ts";
import { viewColumns } from "./view-table.ts";

/** What somebody else did to a view's table: another engine, or a hand. */
export type Drift =
  /** A column that no definition knows. It may be adopted as a feature, or left to those who made it. */
  | { readonly type: "unknown-column"; readonly view: string; readonly column: string; readonly columnType: string }
  /** A column that is gone. Applying adds it again, without its values. */
  | { readonly type: "missing-column"; readonly view: string; readonly column: string };

/**
 * Compares a view's table with what was registered of it. The registry is written after the tables, so whatever a table
 * lacks that is registered was taken away by others; what an interrupted apply has added is in the definitions.
 */
export function findDrift(view: FeatureView, registered: FeatureView, table: Schema): readonly Drift[] {
  const known = new Set([view, registered].flatMap(knownNames));
  const unknown = table.fields
    .filter(({ name }) => !known.has(name))
    .map(({ name, type }) => ({
      type: "unknown-column" as const,
      view: view.name,
      column: name,
      columnType: typeToString(type),
    }));
  const renamed = new Map(view.features.map(({ name, renamedFrom }) => [renamedFrom, name]));
  const wanted = new Set(viewColumns(view).map(({ name }) => name));
  const present = new Set(table.fields.map(({ name }) => name));
  const missing = viewColumns(registered)
    .filter(({ name }) => wanted.has(name) && !present.has(name) && !present.has(renamed.get(name) ?? name))
    .map(({ name }) => ({ type: "missing-column" as const, view: view.name, column: name }));
  return [...unknown, ...missing];
}

function knownNames(view: FeatureView): readonly string[] {
  const former = view.features.flatMap(({ renamedFrom }) => (renamedFrom === undefined ? [] : [renamedFrom]));
  return [...viewColumns(view).map(({ name }) => name), ...former];
}
