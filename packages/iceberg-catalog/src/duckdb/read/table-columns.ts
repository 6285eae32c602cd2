import type { Schema } from "../../spec/schema.ts";
import type { TableColumn } from "./table-relation.ts";

/** What rows of files that are older than a column have in it, by the column's name, as text that DuckDB casts. */
export type ColumnDefaults = ReadonlyMap<string, string>;

export const noDefaults: ColumnDefaults = new Map();

/** All columns of a schema. Where rows are rewritten, the defaults become their values. */
export function tableColumns(schema: Schema, defaults: ColumnDefaults): readonly TableColumn[] {
  return schema.fields.map((field) => ({ field, default: defaults.get(field.name) }));
}
