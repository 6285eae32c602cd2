import type { Datum } from "../spec/manifest.ts";

/**
 * A filter over columns by dotted name, as a caller writes it; binding resolves names to field ids. It keeps the rows for
 * which it is true under SQL's three-valued logic: a comparison with null is unknown. NaN has no place in an order, so
 * that `lt`, `lt-eq`, `gt` and `gt-eq` are unknown for it as they are for null, and so are their negations; it is equal to
 * nothing, not to NaN either, and unequal to everything. Engines differ here (for DuckDB and Spark NaN is the greatest
 * number): ask for NaN with `is-nan`.
 */
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

/** Disjunction; no arguments is `false`. */
export function or(...predicates: readonly Predicate[]): Predicate {
  return predicates.length === 0
    ? alwaysFalse
    : predicates.reduce((left, right) => (left.op === "false" ? right : { op: "or", left, right }));
}

/** Negation under SQL's three-valued logic: what is unknown stays so. */
export const not = (child: Predicate): Predicate => ({ op: "not", child });

export const lessThan = (column: string, value: Datum): Predicate => ({ op: "lt", column, value });
export const lessThanOrEqual = (column: string, value: Datum): Predicate => ({ op: "lt-eq", column, value });
export const greaterThan = (column: string, value: Datum): Predicate => ({ op: "gt", column, value });
export const greaterThanOrEqual = (column: string, value: Datum): Predicate => ({ op: "gt-eq", column, value });
export const equalTo = (column: string, value: Datum): Predicate => ({ op: "eq", column, value });

export const notEqualTo = (column: string, value: Datum): Predicate => ({ op: "not-eq", column, value });
export const startsWith = (column: string, prefix: string): Predicate => ({ op: "starts-with", column, value: prefix });
export const notStartsWith = (column: string, prefix: string): Predicate => ({
  op: "not-starts-with",
  column,
  value: prefix,
});
/** One of the values; no values: never. */
export const isIn = (column: string, values: readonly Datum[]): Predicate => ({ op: "in", column, values });
/** A value, and none of these. */
export const notIn = (column: string, values: readonly Datum[]): Predicate => ({ op: "not-in", column, values });
export const isNull = (column: string): Predicate => ({ op: "is-null", column });
export const notNull = (column: string): Predicate => ({ op: "not-null", column });
export const isNan = (column: string): Predicate => ({ op: "is-nan", column });
/** Anything but NaN, null as well. */
export const notNan = (column: string): Predicate => ({ op: "not-nan", column });
