import { compareValues } from "../spec/compare-values.ts";
import type { Datum } from "../spec/manifest.ts";
import { truncateString } from "../spec/truncate-bounds.ts";
import type { BoundLeaf, BoundPredicate } from "./bound-predicate.ts";
import { decidePredicate } from "./decide-predicate.ts";
import type { ValueRange } from "./value-range.ts";

/**
 * Whether every row of the ranges satisfies the predicate, whatever values they hold; false where that is not known. The
 * same rules as in `mightMatch`.
 */
export function alwaysMatches<Term>(predicate: BoundPredicate<Term>, rangeOf: (term: Term) => ValueRange): boolean {
  return decidePredicate(predicate, (leaf) => leafAlwaysMatches(leaf, rangeOf(leaf.term)));
}

function leafAlwaysMatches<Term>(leaf: BoundLeaf<Term>, range: ValueRange): boolean {
  switch (leaf.op) {
    case "is-null":
      return range.nulls === "all";
    case "not-nan":
      return range.nans === "none" || range.nulls === "all";
    case "not-null":
      return range.nulls === "none";
    case "is-nan":
      return range.nulls === "none" && range.nans === "all";
    case "in":
      return isOnlyNumbers(range) && leaf.values.some((value) => isOnly(range, value));
    case "not-in":
      return range.nulls === "none" && (range.nans === "all" || leaf.values.every((value) => isOutside(range, value)));
    default:
      return range.nulls === "none" && comparisonAlwaysMatches(leaf, range);
  }
}

/** For rows that are not null. */
function comparisonAlwaysMatches<Term>(
  { op, value }: Extract<BoundLeaf<Term>, { readonly value: Datum }>,
  range: ValueRange,
): boolean {
  switch (op) {
    case "lt":
      return range.nans === "none" && compareUpper(range, value) < 0;
    case "lt-eq":
      return range.nans === "none" && compareUpper(range, value) <= 0;
    case "gt":
      return range.nans === "none" && compareLower(range, value) > 0;
    case "gt-eq":
      return range.nans === "none" && compareLower(range, value) >= 0;
    case "eq":
      return range.nans === "none" && isOnly(range, value);
    case "not-eq":
      return range.nans === "all" || isOutside(range, value);
    case "starts-with":
      return startsWith(range.lower, value) && startsWith(range.upper, value);
    case "not-starts-with":
      return isOutsidePrefix(range, String(value));
  }
}

const isOnlyNumbers = (range: ValueRange): boolean => range.nulls === "none" && range.nans === "none";

/** An unknown bound lies beyond every value. */
const compareLower = ({ lower }: ValueRange, value: Datum): number =>
  lower === undefined ? -1 : compareValues(lower, value);
const compareUpper = ({ upper }: ValueRange, value: Datum): number =>
  upper === undefined ? 1 : compareValues(upper, value);

const isOnly = (range: ValueRange, value: Datum): boolean =>
  compareLower(range, value) === 0 && compareUpper(range, value) === 0;

const isOutside = (range: ValueRange, value: Datum): boolean =>
  compareLower(range, value) > 0 || compareUpper(range, value) < 0;

/** What lies between two strings with the same beginning begins so too. */
const startsWith = (bound: Datum | undefined, prefix: Datum): boolean =>
  typeof bound === "string" && bound.startsWith(String(prefix));

function isOutsidePrefix(range: ValueRange, prefix: string): boolean {
  const { lower } = range;
  if (compareUpper(range, prefix) < 0) return true;
  return typeof lower === "string" && compareValues(truncateString(lower, [...prefix].length), prefix) > 0;
}
