import type { SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import { quotedIdentifier } from "@icecore/iceberg-catalog/duckdb";

/**
 * A spine's key column in the one type that its kind of key is looked up in: integers as BIGINT, so that equal keys have
 * equal hashes. What does not fit is null: no row can have it. `relation` is the spine's alias.
 */
export function lookupKey(columns: readonly SourceColumn[], column: string, relation = "spine"): string {
  const type = columns.find(({ name }) => name === column)?.type ?? "";
  const sql = `${relation}.${quotedIdentifier(column)}`;
  if (/^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(type) && type !== "BIGINT") return `TRY_CAST(${sql} AS BIGINT)`;
  return type.startsWith("ENUM") ? `CAST(${sql} AS VARCHAR)` : sql;
}

/** A part of the keys: those whose hash falls to it. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** Whether a row's keys are of that part; no keys are all in the first. Both sides of a join have to give them in the same types. */
export function isInPart(keys: readonly string[], { index, of }: Part): string {
  if (keys.length === 0) return String(index === 0);
  return of === 1 ? "true" : `hash(${keys.join(", ")}) % ${of} = ${index}`;
}
