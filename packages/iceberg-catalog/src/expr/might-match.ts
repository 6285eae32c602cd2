import { compareValues } from "../spec/compare-values.ts";
import type { Datum } from "../spec/manifest.ts";
import { truncateString } from "../spec/truncate-bounds.ts";
import type { BoundLeaf, BoundPredicate } from "./bound-predicate.ts";
import { decidePredicate } from "./decide-predicate.ts";
import type { ValueRange } from "./value-range.ts";

/**
 * Whether a row of the ranges may satisfy the predicate; false only where none can. Null satisfies no comparison, and NaN
 * none of order: see `Predicate`.
 */
export function mightMatch<Term>(predicate: BoundPredicate<Term>, rangeOf: (term: Term) => ValueRange): boolean {
  return decidePredicate(predicate, (leaf) => leafMightMatch(leaf, rangeOf(leaf.term)));
}

function leafMightMatch<Term>(leaf: BoundLeaf<Term>, range: ValueRange): boolean {
  switch (leaf.op) {
    case "is-null":
      return range.nulls !== "none";
    case "not-nan":
      return range.nans !== "all" || range.nulls !== "none";
    case "not-null":
      return range.nulls !== "all";
    case "is-nan":
      return mayHaveNan(range);
    case "in":
      return leaf.values.some((value) => mayContain(range, value));
    case "not-in":
      return mayDiffer(range, leaf.values);
    default:
      return comparisonMightMatch(leaf, range);
  }
}

function comparisonMightMatch<Term>(
  { op, value }: Extract<BoundLeaf<Term>, { readonly value: Datum }>,
  range: ValueRange,
): boolean {
  switch (op) {
    case "lt":
      return boundAllows(range.lower, range, (lower) => compareValues(lower, value) < 0);
    case "lt-eq":
      return boundAllows(range.lower, range, (lower) => compareValues(lower, value) <= 0);
    case "gt":
      return boundAllows(range.upper, range, (upper) => compareValues(upper, value) > 0);
    case "gt-eq":
      return boundAllows(range.upper, range, (upper) => compareValues(upper, value) >= 0);
    case "eq":
      return mayContain(range, value);
    case "not-eq":
      return mayDiffer(range, [value]);
    case "starts-with":
      return mayStartWith(range, String(value));
    case "not-starts-with":
      return range.nulls !== "all" && !(startsWith(range.lower, value) && startsWith(range.upper, value));
  }
}

const mayHaveNumber = (range: ValueRange): boolean => range.nulls !== "all" && range.nans !== "all";
const mayHaveNan = (range: ValueRange): boolean => range.nans !== "none" && range.nulls !== "all";

/** Where a bound is known there is a number, so that counts need not be asked; an unknown one lies beyond every value. */
const boundAllows = (bound: Datum | undefined, range: ValueRange, allows: (bound: Datum) => boolean): boolean =>
  bound === undefined ? mayHaveNumber(range) : allows(bound);

const compareLower = (lower: Datum | undefined, value: Datum): number =>
  lower === undefined ? -1 : compareValues(lower, value);
const compareUpper = (upper: Datum | undefined, value: Datum): number =>
  upper === undefined ? 1 : compareValues(upper, value);

function mayContain(range: ValueRange, value: Datum): boolean {
  const { lower, upper } = range;
  if (lower === undefined && upper === undefined) return mayHaveNumber(range);
  return compareLower(lower, value) <= 0 && compareUpper(upper, value) >= 0;
}

/** Bounds that meet leave one value, truncated or not; it is the only one that can be excluded. */
function mayDiffer(range: ValueRange, excluded: readonly Datum[]): boolean {
  if (range.nulls === "all") return false;
  const { lower, upper } = range;
  if (mayHaveNan(range) || lower === undefined || upper === undefined) return true;
  return !excluded.some((value) => compareValues(lower, value) === 0 && compareValues(upper, value) === 0);
}

function mayStartWith(range: ValueRange, prefix: string): boolean {
  const { lower, upper } = range;
  if (compareUpper(upper, prefix) < 0 || !mayHaveNumber(range)) return false;
  return typeof lower !== "string" || compareValues(truncateString(lower, [...prefix].length), prefix) <= 0;
}

const startsWith = (bound: Datum | undefined, prefix: Datum): boolean =>
  typeof bound === "string" && bound.startsWith(String(prefix));
