import { IcebergError } from "../../errors.ts";
import type { Schema } from "../../spec/schema.ts";
import type { NestedField } from "../../spec/types.ts";
import { quotedIdentifier } from "../quote.ts";
import { refuseLookAlikes } from "../refuse-look-alikes.ts";
import type { RowSource } from "../row-source.ts";
import { parseSourceType } from "../source-type.ts";
import { refuseUnstorable } from "../write/refuse-unstorable.ts";
import { convertValue, missingValue } from "./convert-value.ts";

/**
 * The SELECT that gives a table's columns from a source of rows, by name; columns that the source lacks are null. Nothing
 * is rounded or cut to fit: a value that would change ends the statement.
 *
 * @throws IcebergError `ROWS_INVALID` with every column that does not fit, `UNSUPPORTED` as {@link refuseLookAlikes}
 */
export function matchColumns(source: RowSource, schema: Schema): string {
  refuseLookAlikes(schema.fields);
  const findings: string[] = [];
  const names = new Set(schema.fields.map(({ name }) => name));
  for (const { name } of source.columns) {
    if (!names.has(name)) findings.push(`the table has no column "${name}"`);
  }
  const columns = schema.fields.map(
    (field) => `${columnSql(field, source, findings)} AS ${quotedIdentifier(field.name)}`,
  );
  if (findings.length === 0)
    return refuseUnstorable(`SELECT ${columns.join(", ")} FROM ${source.relation}`, schema.fields);
  const known = [...names].join(", ");
  throw new IcebergError("ROWS_INVALID", `${source.label}: ${findings.join("; ")}; the table's columns: ${known}`);
}

function columnSql(field: NestedField, source: RowSource, findings: string[]): string {
  const place = { path: field.name, findings };
  const column = source.columns.find(({ name }) => name === field.name);
  if (column === undefined) return missingValue(field, place);
  return convertValue(quotedIdentifier(column.name), parseSourceType(column.type), field, place);
}
