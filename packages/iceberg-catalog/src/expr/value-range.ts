import type { Datum } from "../spec/manifest.ts";
import type { IcebergType, PrimitiveType } from "../spec/types.ts";

/**
 * What is known of a column's values in some set of rows. Bounds hold for every value that is neither null nor NaN;
 * they need not be taken on. What is not known is `possible`, or left out.
 */
export interface ValueRange {
  readonly nulls: Presence;
  /** `all`: every value that is not null. */
  readonly nans: Presence;
  readonly lower: Datum | undefined;
  readonly upper: Datum | undefined;
}

export type Presence = "none" | "possible" | "all";

/** A range in which nothing is excluded. */
export function unknownRange(type: PrimitiveType): ValueRange {
  return { nulls: "possible", nans: possibleNans(type), lower: undefined, upper: undefined };
}

/** The range of exactly one value. */
export function singleValueRange(value: Datum | null): ValueRange {
  if (value === null) return { nulls: "all", nans: "none", lower: undefined, upper: undefined };
  if (Number.isNaN(value)) return { nulls: "none", nans: "all", lower: undefined, upper: undefined };
  return { nulls: "none", nans: "none", lower: asLower(value), upper: asUpper(value) };
}

/** NaN as a bound says nothing; zeros compare equal in SQL, so that a bound of zero takes in both of them. */
export function asLower(bound: Datum | undefined): Datum | undefined {
  if (typeof bound !== "number") return bound;
  return Number.isNaN(bound) ? undefined : bound === 0 ? -0 : bound;
}

export function asUpper(bound: Datum | undefined): Datum | undefined {
  if (typeof bound !== "number") return bound;
  return Number.isNaN(bound) ? undefined : bound === 0 ? 0 : bound;
}

export const isFloating = (type: IcebergType): boolean => type.kind === "float" || type.kind === "double";

export const possibleNans = (type: PrimitiveType): Presence => (isFloating(type) ? "possible" : "none");
