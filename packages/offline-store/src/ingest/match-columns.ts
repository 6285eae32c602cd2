import type { FeatureView } from "@icecore/feature-registry";
import { didYouMean } from "@icecore/feature-registry";
import type { NestedField, Schema } from "@icecore/iceberg-catalog";
import { isPrimitive, typeToString } from "@icecore/iceberg-catalog";
import type { RowSource, SourceType } from "@icecore/iceberg-catalog/duckdb";
import {
  conversion,
  convertValue,
  duckdbTypeOf,
  parseSourceType,
  quotedIdentifier,
  timestampLiteral,
} from "@icecore/iceberg-catalog/duckdb";

/** A column of the table with the expression that fills it from the source. */
export interface IngestColumn {
  readonly field: NestedField;
  readonly sql: string;
  /** What a value has to be, and the source column it is checked against; absent where every value fits. */
  readonly check?: {
    readonly source: string;
    readonly expected: string;
    /** The value, null where it cannot be had; absent where `sql` is so itself. */
    readonly orNull?: string;
  };
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
  const sql = quotedIdentifier(column.name);
  if (!isPrimitive(field.type)) return matchNested(field, sql, parseSourceType(column.type));
  // JSON that is no more than text, a number, true or false.
  const [value, valueType] = column.type === "JSON" ? [`(${sql} ->> '$')`, "VARCHAR"] : [sql, column.type];
  const converted = conversion(value, valueType, field.type);
  if (converted.kind === "refused") return `column "${field.name}": ${converted.reason}`;
  return {
    field,
    sql: isCreated ? `coalesce(${converted.sql}, ${timestampLiteral(commitMicros)})` : converted.sql,
    ...(converted.kind === "checked"
      ? { check: { source: value, expected: converted.expected, orNull: converted.sql } }
      : {}),
  };
}

/** Every value is looked at: a conversion of what is inside ends the statement where it cannot be done. */
function matchNested(field: NestedField, sql: string, from: SourceType): IngestColumn | string {
  const expected = `a ${typeToString(field.type)}`;
  if (from.kind === "scalar" && from.name === "VARCHAR") {
    return `column "${field.name}" is text, which is not ${expected}; CSV has no such values: send Parquet, Arrow or NDJSON`;
  }
  const findings: string[] = [];
  const converted = convertValue(sql, from, field, { path: field.name, findings });
  if (findings.length > 0) return findings.join("\n");
  if (converted === sql) return { field, sql };
  // TRY takes no expression that may raise an error by itself, and one in a lambda is nobody's business.
  const orNull = `TRY(list_transform([${sql}], lambda x0: ${convertValue("x0", from, field, { path: field.name, findings })})[1])`;
  const isNull = from.kind === "scalar" && from.name === "JSON" ? `nullif(${sql}, 'null'::JSON)` : sql;
  return { field, sql: converted, check: { source: isNull, expected, orNull } };
}
