import { bytesToHex } from "../spec/hex.ts";
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
