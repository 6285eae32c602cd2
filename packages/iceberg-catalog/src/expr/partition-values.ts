import { applyTransform } from "../spec/apply-transform.ts";
import type { Datum } from "../spec/manifest.ts";
import type { Transform } from "../spec/transform.ts";
import type { PrimitiveType } from "../spec/types.ts";
import type { BoundLeaf, ColumnTerm } from "./bound-predicate.ts";

/** The largest int or long; undefined for types that truncation cannot wrap around. */
export function largestWhole({ kind }: PrimitiveType): Datum | undefined {
  if (kind === "int") return 2 ** 31 - 1;
  return kind === "long" ? 2n ** 63n - 1n : undefined;
}

/** The value `step` away where the type has a next value; the value itself where it has none. */
export function neighbour(value: Datum, step: number): Datum {
  if (typeof value === "number") return value + step;
  return typeof value === "bigint" ? value + BigInt(step) : value;
}

/**
 * Whether a time before 1970 may stand one unit too high: writers once rounded toward zero. Only a date's day was always
 * right.
 */
export function roundsOldWritersUp(source: PrimitiveType, result: PrimitiveType): boolean {
  return source.kind !== "date" || result.kind !== "date";
}

/** Negative counts of time units, which old writers may have written as the next one. */
export const isBefore1970 = (value: Datum): value is number => typeof value === "number" && value < 0;

/** A count of time units, and what old writers may have written in its place. */
export const withNextBefore1970 = (value: Datum): readonly Datum[] =>
  isBefore1970(value) ? [value, value + 1] : [value];

/** A literal's own partition. */
export function transformed(leaf: BoundLeaf<ColumnTerm>, transform: Transform, value: Datum): Datum {
  return applyTransform(transform, leaf.term.type, value) ?? value;
}
