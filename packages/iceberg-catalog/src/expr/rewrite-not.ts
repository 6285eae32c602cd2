import type { Predicate } from "./predicate.ts";

/** A predicate without `not`. */
export type PositivePredicate =
  | Exclude<Predicate, { readonly op: "not" | "and" | "or" }>
  | { readonly op: "and" | "or"; readonly left: PositivePredicate; readonly right: PositivePredicate };

/**
 * Pushes every `not` into the leaves. A comparison with null is neither true nor false, and neither is its opposite:
 * both keep the same rows out, so that the opposite operator is the negation also under SQL's three-valued logic.
 */
export function rewriteNot(predicate: Predicate): PositivePredicate {
  switch (predicate.op) {
    case "not":
      return negate(predicate.child);
    case "and":
    case "or":
      return { op: predicate.op, left: rewriteNot(predicate.left), right: rewriteNot(predicate.right) };
    default:
      return predicate;
  }
}

function negate(predicate: Predicate): PositivePredicate {
  switch (predicate.op) {
    case "true":
      return { op: "false" };
    case "false":
      return { op: "true" };
    case "not":
      return rewriteNot(predicate.child);
    case "and":
      return { op: "or", left: negate(predicate.left), right: negate(predicate.right) };
    case "or":
      return { op: "and", left: negate(predicate.left), right: negate(predicate.right) };
    case "is-null":
    case "not-null":
    case "is-nan":
    case "not-nan":
      return { ...predicate, op: unaryOpposites[predicate.op] };
    case "in":
    case "not-in":
      return { ...predicate, op: predicate.op === "in" ? "not-in" : "in" };
    default:
      return { ...predicate, op: comparisonOpposites[predicate.op] };
  }
}

const unaryOpposites = {
  "is-null": "not-null",
  "not-null": "is-null",
  "is-nan": "not-nan",
  "not-nan": "is-nan",
} as const;

const comparisonOpposites = {
  lt: "gt-eq",
  "gt-eq": "lt",
  gt: "lt-eq",
  "lt-eq": "gt",
  eq: "not-eq",
  "not-eq": "eq",
  "starts-with": "not-starts-with",
  "not-starts-with": "starts-with",
} as const;
