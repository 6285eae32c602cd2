import type { FeatureView } from "@icecore/feature-registry";
import { didYouMean } from "@icecore/feature-registry";
import type { NestedField, Schema } from "@icecore/iceberg-catalog";
import { isPrimitive } from "@icecore/iceberg-catalog";
import type { RowSource } from "@icecore/iceberg-catalog/duckdb";
import { conversion, duckdbTypeOf, quotedIdentifier, timestampLiteral } from "@icecore/iceberg-catalog/duckdb";

/** A column of the table with the expression that fills it from the source. */
export interface IngestColumn {
  readonly field: NestedField;
  readonly sql: string;
  /** What a value has to be, and the source column it is checked against; absent where every value fits. */
  readonly check?: { readonly source: string; readonly expected: string };
}

export interface MatchedColumns {
  readonly columns: readonly IngestColumn[];
  /** What is wrong with the source's columns, all of it. */
  readonly findings: readonly string[];
}

/**
 * Matches a source's columns with a view's table, by name. Features that the source lacks are null; `created` falls
 * back to the commit's time, where the column or a value is missing.
 */
export function matchColumns(
  source: RowSource,
  view: FeatureView,
  schema: Schema,
  commitMicros: bigint,
): MatchedColumns {
  const names = new Set(schema.fields.map((field) => field.name));
  const unknown = source.columns
    .filter((column) => !names.has(column.name))
    .map(
      (column) =>
        `column "${column.name}" is not in feature view "${view.name}"${didYouMean(column.name, [...names])}; drop or rename it`,
    );
  const matched = schema.fields.map((field) => matchColumn(field, source, view, commitMicros));
  return {
    columns: matched.filter((column) => typeof column !== "string"),
    findings: [...unknown, ...matched.filter((column) => typeof column === "string")],
  };
}

function matchColumn(
  field: NestedField,
  source: RowSource,
  view: FeatureView,
  commitMicros: bigint,
): IngestColumn | string {
  const column = source.columns.find((candidate) => candidate.name === field.name);
  const type = duckdbTypeOf(field.type);
  const isCreated = field.name === view.createdTimestampColumn;
  if (column === undefined) {
    if (field.required) return `column "${field.name}" is missing; every row needs it`;
    return { field, sql: isCreated ? timestampLiteral(commitMicros) : `CAST(NULL AS ${type})` };
  }
  if (!isPrimitive(field.type)) return `column "${field.name}" has a nested type, which cannot be ingested yet`;
  const sql = quotedIdentifier(column.name);
  const converted = conversion(sql, column.type, field.type);
  if (converted.kind === "refused") return `column "${field.name}": ${converted.reason}`;
  return {
    field,
    sql: isCreated ? `coalesce(${converted.sql}, ${timestampLiteral(commitMicros)})` : converted.sql,
    ...(converted.kind === "checked" ? { check: { source: sql, expected: converted.expected } } : {}),
  };
}
