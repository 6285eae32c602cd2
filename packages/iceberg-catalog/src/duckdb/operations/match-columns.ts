import { IcebergError } from "../../errors.ts";
import type { Schema } from "../../spec/schema.ts";
import { isPrimitive, type NestedField } from "../../spec/types.ts";
import { quotedIdentifier, quotedString } from "../quote.ts";
import type { RowSource } from "../row-source.ts";
import { duckdbTypeOf } from "../types.ts";
import { conversion } from "../write/conversion.ts";

/**
 * The SELECT that gives a table's columns from a source of rows, by name; columns that the source lacks are null. Nothing
 * is rounded or cut to fit: a value that would change ends the statement.
 *
 * @throws IcebergError `ROWS_INVALID` with every column that does not fit
 */
export function matchColumns(source: RowSource, schema: Schema): string {
  const findings: string[] = [];
  const names = new Set(schema.fields.map(({ name }) => name));
  for (const { name } of source.columns) {
    if (!names.has(name)) findings.push(`the table has no column "${name}"`);
  }
  const columns = schema.fields.map(
    (field) => `${columnSql(field, source, findings)} AS ${quotedIdentifier(field.name)}`,
  );
  if (findings.length === 0) return `SELECT ${columns.join(", ")} FROM ${source.relation}`;
  const known = [...names].join(", ");
  throw new IcebergError("ROWS_INVALID", `${source.label}: ${findings.join("; ")}; the table's columns: ${known}`);
}

function columnSql(field: NestedField, source: RowSource, findings: string[]): string {
  const type = duckdbTypeOf(field.type);
  const column = source.columns.find(({ name }) => name === field.name);
  if (column === undefined) {
    if (field.required) findings.push(`column "${field.name}" is missing, and every row needs it`);
    return `CAST(NULL AS ${type})`;
  }
  const sql = quotedIdentifier(column.name);
  if (!isPrimitive(field.type)) return `CAST(${sql} AS ${type})`;
  const converted = conversion(sql, column.type, field.type);
  switch (converted.kind) {
    case "direct":
      return converted.sql;
    case "checked": {
      const complaint = quotedString(`column "${field.name}": a value is not ${converted.expected}: `);
      return `CASE WHEN ${sql} IS NOT NULL AND (${converted.sql}) IS NULL THEN error(${complaint} || CAST(${sql} AS VARCHAR)) ELSE ${converted.sql} END`;
    }
    case "refused":
      findings.push(`column "${field.name}": ${converted.reason}`);
      return `CAST(NULL AS ${type})`;
  }
}
