import type { PrimitiveType } from "../../spec/types.ts";
import { duckdbType, fitsWithoutLoss } from "../types.ts";

/** How a source column becomes a table column: an expression that is null for bad values, or a reason why it cannot. */
export type Conversion =
  | { readonly kind: "direct"; readonly sql: string }
  | { readonly kind: "checked"; readonly sql: string; readonly expected: string }
  | { readonly kind: "refused"; readonly reason: string };

// DuckDB keeps microseconds: more digits would be rounded, unless they are zeros.
const clock = String.raw`\d{2}:\d{2}(:\d{2}(\.\d{1,6}0*)?)?`;
const day = String.raw`\d{4}-\d{2}-\d{2}`;
const localTimestamp = `${day}[T ]${clock}`;
const zonedTimestamp = String.raw`${localTimestamp} ?([Zz]|[+-](0\d|1[0-4])(:?[0-5]\d)?)`;
const wholeNumber = String.raw`[+-]?\d+`;

/**
 * The conversion of a column `sql` of DuckDB type `from` to an Iceberg type. Nothing is rounded or guessed: a value
 * that would change is bad, and a timestamp needs its zone.
 */
export function conversion(sql: string, from: string, to: PrimitiveType): Conversion {
  const target = duckdbType(to);
  if (from === target) return { kind: "direct", sql };
  if (fitsWithoutLoss(from, to)) return { kind: "direct", sql: `CAST(${sql} AS ${target})` };
  if (from === '"NULL"') return { kind: "direct", sql: `CAST(NULL AS ${target})` };
  if (from === "VARCHAR") return fromText(sql, to);
  if (to.kind === "int" && /^U?BIGINT$|^U?INTEGER$/.test(from)) return checked(`TRY_CAST(${sql} AS INTEGER)`, "an int");
  if (to.kind === "double" && from === "BIGINT") {
    return checked(`CASE WHEN abs(${sql}) <= 9007199254740992 THEN CAST(${sql} AS DOUBLE) END`, "exact as a double");
  }
  if (to.kind === "timestamptz" && from.startsWith("TIMESTAMP")) {
    return {
      kind: "refused",
      reason: "it has timestamps without a zone; store them as UTC (pandas: dt.tz_localize('UTC'))",
    };
  }
  return {
    kind: "refused",
    reason: `it is ${from}, which is not ${article(to)} without loss; cast it, or change the column's type`,
  };
}

function fromText(sql: string, to: PrimitiveType): Conversion {
  const target = duckdbType(to);
  const parsed = `TRY_CAST(${sql} AS ${target})`;
  const matching = (pattern: string) => `CASE WHEN regexp_full_match(${sql}, '${pattern}') THEN ${parsed} END`;
  switch (to.kind) {
    case "string":
      return { kind: "direct", sql };
    case "timestamptz":
      return checked(matching(zonedTimestamp), "an ISO 8601 timestamp with a zone, such as 2026-01-31T12:00:00Z");
    case "timestamp":
      return checked(matching(localTimestamp), "an ISO 8601 timestamp without a zone");
    case "int":
    case "long":
      return checked(matching(wholeNumber), article(to));
    case "date":
      return checked(matching(day), "a date, such as 2026-01-31");
    case "time":
      return checked(matching(clock), "a time of day, such as 12:00:00");
    case "decimal":
      return checked(
        matching(decimalPattern(to.scale)),
        `a decimal of ${to.precision} digits, ${to.scale} of them after the point`,
      );
    case "binary":
    case "fixed":
      return checked(`TRY(from_base64(${sql}))`, "base64");
    case "float":
    case "double":
      return checked(`CASE WHEN NOT isinf(${parsed}) OR ${sql} ILIKE '%inf%' THEN ${parsed} END`, article(to));
    default:
      return checked(parsed, article(to));
  }
}

/** At most `scale` digits behind the point that are not zeros. */
function decimalPattern(scale: number): string {
  return String.raw`[+-]?(\d+(\.\d{0,${scale}}0*)?|\.\d{1,${Math.max(scale, 1)}}0*)`;
}

function checked(sql: string, expected: string): Conversion {
  return { kind: "checked", sql, expected };
}

function article(type: PrimitiveType): string {
  return type.kind === "int" ? "an int" : `a ${type.kind}`;
}
