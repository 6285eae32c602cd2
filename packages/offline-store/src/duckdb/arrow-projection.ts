import type { RecordBatch } from "apache-arrow";
import { quotedIdentifier } from "./quote.ts";
import type { Session, SourceColumn } from "./session.ts";

const carried = new Set([
  "BOOLEAN",
  "INTEGER",
  "BIGINT",
  "FLOAT",
  "DOUBLE",
  "DATE",
  "TIME",
  "TIMESTAMP",
  "TIMESTAMP WITH TIME ZONE",
  "VARCHAR",
  "BLOB",
]);

const castTo: Readonly<Record<string, string>> = {
  TINYINT: "INTEGER",
  SMALLINT: "INTEGER",
  UTINYINT: "INTEGER",
  USMALLINT: "INTEGER",
  UINTEGER: "BIGINT",
  UBIGINT: "DECIMAL(38,0)",
  HUGEINT: "DECIMAL(38,0)",
  UHUGEINT: "DECIMAL(38,0)",
  TIMESTAMP_S: "TIMESTAMP",
  TIMESTAMP_MS: "TIMESTAMP",
  TIMESTAMP_NS: "TIMESTAMP",
  '"NULL"': "INTEGER",
};

/** The select list that casts each column of a query to a type Arrow output carries; nested values become JSON text. */
export function arrowProjection(columns: readonly SourceColumn[]): string {
  return columns.map(({ name, type }) => projected(quotedIdentifier(name), type)).join(", ");
}

/** Streams a query's result as Arrow, its columns cast where Arrow output does not carry their type. */
export async function* readBatches(session: Session, sql: string): AsyncGenerator<RecordBatch> {
  const columns = await session.describe(sql);
  yield* session.batches(`SELECT ${arrowProjection(columns)} FROM (${sql})`);
}

function projected(column: string, type: string): string {
  if (carried.has(type) || /^DECIMAL\(\d+,\d+\)$/.test(type)) return column;
  const nested = type.endsWith("]") || type.startsWith("STRUCT") || type.startsWith("MAP");
  const value = nested ? `to_json(${column})` : column;
  return `CAST(${value} AS ${castTo[type] ?? "VARCHAR"}) AS ${column}`;
}
