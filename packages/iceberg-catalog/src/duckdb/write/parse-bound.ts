import type { Datum } from "../../spec/manifest.ts";
import type { PrimitiveType } from "../../spec/types.ts";

const timestampPattern = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(?:\+00)?$/;
const timePattern = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;
const dayMs = 86_400_000;
const booleans: Readonly<Record<string, boolean>> = { "0": false, "1": true, false: false, true: true };

/**
 * A minimum or maximum as DuckDB's COPY reports it, which is text, as a value of the column's type. Undefined where the
 * text does not say it surely; an unknown bound only costs pruning, a wrong one loses rows.
 */
export function parseBound(type: PrimitiveType, text: string): Datum | undefined {
  switch (type.kind) {
    case "boolean":
      return booleans[text];
    case "int":
      return parseFinite(text);
    case "long":
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case "float": {
      const value = parseFinite(text);
      return value === undefined ? undefined : Math.fround(value);
    }
    case "double":
      return parseFinite(text);
    case "date":
      return parseDate(text);
    case "time":
      return parseTime(text);
    case "timestamp":
    case "timestamptz":
      return parseTimestamp(text);
    case "string":
      return text;
    case "decimal":
      return parseDecimal(text, type.scale);
    default:
      return undefined;
  }
}

function parseFinite(text: string): number | undefined {
  const value = Number(text);
  return /^-?\d/.test(text) && Number.isFinite(value) ? value : undefined;
}

function parseDate(text: string): number | undefined {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / dayMs : undefined;
}

function parseTimestamp(text: string): bigint | undefined {
  const match = timestampPattern.exec(text);
  if (match === null) return undefined;
  const [, date, time, fraction] = match;
  return BigInt(Date.parse(`${date}T${time}Z`)) * 1000n + fractionMicros(fraction);
}

function parseTime(text: string): bigint | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds, fraction] = match;
  return BigInt((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000_000n + fractionMicros(fraction);
}

function fractionMicros(fraction: string | undefined): bigint {
  return BigInt((fraction ?? "").padEnd(6, "0"));
}

function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = ""] = match;
  if (fraction.length > scale) return undefined;
  return BigInt(`${sign}${whole}${fraction.padEnd(scale, "0")}`);
}
