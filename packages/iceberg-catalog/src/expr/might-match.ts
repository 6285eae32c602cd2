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
      return compareLower(range.lower, value) < 0 && mayHaveNumber(range);
    case "lt-eq":
      return compareLower(range.lower, value) <= 0 && mayHaveNumber(range);
    case "gt":
      return compareUpper(range.upper, value) > 0 && mayHaveNumber(range);
    case "gt-eq":
      return compareUpper(range.upper, value) >= 0 && mayHaveNumber(range);
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

/** An unknown bound lies beyond every value. */
const compareLower = (lower: Datum | undefined, value: Datum): number =>
  lower === undefined ? -1 : compareValues(lower, value);
const compareUpper = (upper: Datum | undefined, value: Datum): number =>
  upper === undefined ? 1 : compareValues(upper, value);

function mayContain(range: ValueRange, value: Datum): boolean {
  return compareLower(range.lower, value) <= 0 && compareUpper(range.upper, value) >= 0 && mayHaveNumber(range);
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
