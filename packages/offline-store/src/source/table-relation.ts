import type { NestedField } from "@icecore/iceberg-catalog";
import { quotedIdentifier, quotedString } from "../duckdb/quote.ts";
import { duckdbTypeOf } from "../duckdb/types.ts";
import { escapeGlob } from "./row-source.ts";

/** A column to read from a table's files, under the name it has in the schema that is read. */
export interface TableColumn {
  readonly field: NestedField;
  /** The value of rows in files that are older than the column, as text DuckDB casts; null when absent. */
  readonly default?: string | undefined;
}

/**
 * An SQL relation over data files of any age. Columns are found by field id, so renamed, widened and later added
 * columns are right for every file (spec, "Column Projection").
 */
export function tableRelation(paths: readonly string[], columns: readonly TableColumn[]): string {
  if (paths.length === 0) {
    const nothing = columns.map(
      ({ field }) => `CAST(NULL AS ${duckdbTypeOf(field.type)}) AS ${quotedIdentifier(field.name)}`,
    );
    return `(SELECT ${nothing.join(", ")} WHERE false)`;
  }
  const list = paths.map((path) => quotedString(escapeGlob(path))).join(", ");
  return `read_parquet([${list}], schema = MAP {${columns.map(schemaEntry).join(", ")}})`;
}

function schemaEntry({ field, default: value }: TableColumn): string {
  const fallback = value === undefined ? "NULL" : quotedString(value);
  return `${field.id}: {name: ${quotedString(field.name)}, type: ${quotedString(duckdbTypeOf(field.type))}, default_value: ${fallback}}`;
}
