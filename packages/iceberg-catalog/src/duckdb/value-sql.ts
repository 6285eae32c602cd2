import { bytesToHex, hexToBytes } from "../spec/hex.ts";
import { humanValue } from "../spec/human-value.ts";
import type { Datum } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { quotedString } from "./quote.ts";
import { duckdbType } from "./types.ts";

/** A value of an Iceberg type as an SQL literal of the DuckDB type that holds it. */
export function valueLiteral(type: PrimitiveType, value: Datum): string {
  if (value instanceof Uint8Array) return `from_hex('${bytesToHex(value)}')`;
  switch (type.kind) {
    case "timestamp":
      return `make_timestamp(${value})`;
    case "timestamptz":
      return `make_timestamptz(${value})`;
    case "date":
      return `(DATE '1970-01-01' + CAST(${value} AS INTEGER))`;
    case "time":
      return `(TIME '00:00:00' + to_microseconds(${value}))`;
    case "decimal":
      return `CAST('${humanValue(type, value)}' AS ${duckdbType(type)})`;
    case "string":
      return quotedString(String(value));
    default:
      return `CAST(${quotedString(numberText(value))} AS ${duckdbType(type)})`;
  }
}

const numberText = (value: Datum): string => (Object.is(value, -0) ? "-0.0" : String(value));

/** A column in a form that {@link parseDatum} understands: days, microseconds, unscaled decimals, hexadecimal bytes. */
export function datumSql(type: PrimitiveType, column: string): string {
  switch (type.kind) {
    case "date":
      return daysSinceEpoch(column);
    case "time":
    case "timestamp":
    case "timestamptz":
      return `epoch_us(${column})`;
    case "uuid":
      return `CAST(${column} AS VARCHAR)`;
    case "decimal":
      return unscaledDecimal(column);
    case "binary":
    case "fixed":
      return `hex(${column})`;
    default:
      return column;
  }
}

/** What DuckDB answers to {@link datumSql}, as a value of the type. */
export function parseDatum(type: PrimitiveType | undefined, value: unknown): Datum | null {
  if (value === null || value === undefined) return null;
  return type?.kind === "binary" || type?.kind === "fixed" ? hexToBytes(String(value)) : (value as Datum);
}

export const daysSinceEpoch = (column: string): string =>
  `CAST(CAST(${column} AS DATE) - DATE '1970-01-01' AS INTEGER)`;

export const unscaledDecimal = (column: string): string =>
  `CAST(replace(CAST(${column} AS VARCHAR), '.', '') AS HUGEINT)`;
