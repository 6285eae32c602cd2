import { quotedIdentifier, quotedString } from "@icecore/iceberg-catalog/duckdb";

/** A value as a test writes it: text that DuckDB casts; a TIMESTAMPTZ is microseconds, a BLOB its bytes. */
export type Cell = string | number | bigint | boolean | Uint8Array | null;

/** Rows given in the test, as a query: columns by name with their DuckDB types. */
export function rowsSql(columns: Readonly<Record<string, string>>, rows: readonly (readonly Cell[])[]): string {
  const named = Object.entries(columns);
  const select = named.map(([name, type], index) => `${typed(`c${index}`, type)} AS ${quotedIdentifier(name)}`);
  const tuple = (row: readonly Cell[]) => `(${named.map((_, index) => literal(row[index] ?? null)).join(", ")})`;
  const values = rows.length === 0 ? tuple([]) : rows.map(tuple).join(", ");
  const from = `(VALUES ${values}) t(${named.map((_, index) => `c${index}`).join(", ")})`;
  return `SELECT ${select.join(", ")} FROM ${from}${rows.length === 0 ? " WHERE false" : ""}`;
}

function typed(column: string, type: string): string {
  if (type === "TIMESTAMPTZ") return `make_timestamptz(CAST(${column} AS BIGINT))`;
  return type === "BLOB" ? `from_hex(CAST(${column} AS VARCHAR))` : `CAST(${column} AS ${type})`;
}

function literal(value: Cell): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) return `'${Buffer.from(value).toString("hex")}'`;
  return quotedString(Object.is(value, -0) ? "-0.0" : String(value));
}
