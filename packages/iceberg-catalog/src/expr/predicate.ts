import type { Datum } from "../spec/manifest.ts";

/** A filter over columns by dotted name, as a caller writes it; binding resolves names to field ids. */
export type Predicate =
  | { readonly op: "true" }
  | { readonly op: "false" }
  | { readonly op: "and" | "or"; readonly left: Predicate; readonly right: Predicate }
  | { readonly op: "not"; readonly child: Predicate }
  | { readonly op: "is-null" | "not-null" | "is-nan" | "not-nan"; readonly column: string }
  | {
      readonly op: "lt" | "lt-eq" | "gt" | "gt-eq" | "eq" | "not-eq" | "starts-with" | "not-starts-with";
      readonly column: string;
      readonly value: Datum;
    }
  | { readonly op: "in" | "not-in"; readonly column: string; readonly values: readonly Datum[] };

export const alwaysTrue: Predicate = { op: "true" };
export const alwaysFalse: Predicate = { op: "false" };

/** Conjunction; no arguments is `true`. */
export function and(...predicates: readonly Predicate[]): Predicate {
  return predicates.length === 0
    ? alwaysTrue
    : predicates.reduce((left, right) => (left.op === "true" ? right : { op: "and", left, right }));
}

export const lessThan = (column: string, value: Datum): Predicate => ({ op: "lt", column, value });
export const lessThanOrEqual = (column: string, value: Datum): Predicate => ({ op: "lt-eq", column, value });
export const greaterThan = (column: string, value: Datum): Predicate => ({ op: "gt", column, value });
export const greaterThanOrEqual = (column: string, value: Datum): Predicate => ({ op: "gt-eq", column, value });
export const equalTo = (column: string, value: Datum): Predicate => ({ op: "eq", column, value });
