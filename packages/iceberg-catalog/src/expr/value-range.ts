import type { Datum } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";

/**
 * What is known of a column's values in some set of rows. Bounds hold for every value that is neither null nor NaN;
 * they need not be taken on. What is not known is `possible`, or left out.
 */
export interface ValueRange {
  readonly nulls: Presence;
  /** `all`: every value that is not null. */
  readonly nans: Presence;
  readonly lower?: Datum;
  readonly upper?: Datum;
}

export type Presence = "none" | "possible" | "all";

/** A range in which nothing is excluded. */
export function unknownRange(type: PrimitiveType): ValueRange {
  return { nulls: "possible", nans: possibleNans(type) };
}

/** The range of exactly one value. */
export function singleValueRange(value: Datum | null): ValueRange {
  if (value === null) return { nulls: "all", nans: "none" };
  if (Number.isNaN(value)) return { nulls: "none", nans: "all" };
  return { nulls: "none", nans: "none", ...bounds(value, value) };
}

/** NaN as a bound says nothing; zeros compare equal in SQL, so that a bound of zero takes in both of them. */
export function bounds(lower: Datum | undefined, upper: Datum | undefined): Pick<ValueRange, "lower" | "upper"> {
  return {
    ...(lower !== undefined && !Number.isNaN(lower) && { lower: lower === 0 ? -0 : lower }),
    ...(upper !== undefined && !Number.isNaN(upper) && { upper: upper === 0 ? 0 : upper }),
  };
}

export const isFloating = (type: PrimitiveType): boolean => type.kind === "float" || type.kind === "double";

export const possibleNans = (type: PrimitiveType): Presence => (isFloating(type) ? "possible" : "none");
