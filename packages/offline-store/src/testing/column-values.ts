import type { Datum, NestedField, PrimitiveType } from "@icecore/iceberg-catalog";
import { isPrimitive } from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { escapeGlob, quotedIdentifier, quotedString } from "@icecore/iceberg-catalog/duckdb";

/** All values of a column of a Parquet file in file order, read without its statistics. */
export async function columnValues(
  session: Session,
  path: string,
  field: NestedField,
): Promise<readonly (Datum | null)[]> {
  if (!isPrimitive(field.type)) throw new Error("only primitives");
  const value = asDatum(quotedIdentifier(field.name), field.type);
  const rows = await session.rows(
    `SELECT ${value} AS v FROM read_parquet(${quotedString(escapeGlob(path))}, file_row_number = true) ORDER BY file_row_number`,
  );
  return rows.map(({ v }) => (v === null ? null : toDatum(v)));
}

/** SQL for a value in the form that Iceberg keeps it: counts of days and microseconds, unscaled decimals. */
function asDatum(column: string, type: PrimitiveType): string {
  switch (type.kind) {
    case "date":
      return `CAST(${column} - DATE '1970-01-01' AS INTEGER)`;
    case "time":
    case "timestamp":
    case "timestamptz":
      return `epoch_us(${column})`;
    case "decimal":
      return `CAST(replace(CAST(${column} AS VARCHAR), '.', '') AS HUGEINT)`;
    case "uuid":
      return `CAST(${column} AS VARCHAR)`;
    default:
      return column;
  }
}

function toDatum(value: unknown): Datum {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return value as Datum;
}
