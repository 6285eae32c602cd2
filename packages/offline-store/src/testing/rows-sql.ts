import { quotedIdentifier, quotedString, timestampLiteral } from "../duckdb/quote.ts";

/** A value as a test writes it: text that DuckDB casts, or a bigint, which is microseconds for a timestamp. */
export type Cell = string | number | bigint | boolean | Uint8Array | null;

/** Rows given in the test, as an input: columns by name with their DuckDB types. */
export function rowsSql(columns: Readonly<Record<string, string>>, rows: readonly (readonly Cell[])[]): string {
  const names = Object.keys(columns);
  const types = Object.values(columns);
  const tuple = (row: readonly Cell[]) =>
    `(${types.map((type, index) => literal(row[index] ?? null, type)).join(", ")})`;
  const nothing = `(${types.map((type) => `CAST(NULL AS ${type})`).join(", ")})`;
  const values = rows.length === 0 ? nothing : rows.map(tuple).join(", ");
  return `SELECT * FROM (VALUES ${values}) t(${names.map(quotedIdentifier).join(", ")})${rows.length === 0 ? " WHERE false" : ""}`;
}

function literal(value: Cell, type: string): string {
  if (typeof value === "bigint" && type === "TIMESTAMPTZ") return timestampLiteral(value);
  if (value instanceof Uint8Array) return `from_hex('${Buffer.from(value).toString("hex")}')`;
  const text = value === null ? "NULL" : quotedString(Object.is(value, -0) ? "-0.0" : String(value));
  return `CAST(${text} AS ${type})`;
}
