import type { ColumnTerm } from "../expr/bound-predicate.ts";
import { columnRange } from "../expr/known-ranges.ts";
import type { ValueRange } from "../expr/value-range.ts";
import { compareValues } from "../spec/compare-values.ts";
import type { FieldId } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";
import type { Reach } from "./position-reach.ts";

/**
 * What an equality delete file reaches by the bounds of its columns: data in which each of them may have a value that is
 * among the deleted ones. Null equals null here, and NaN itself.
 */
export function equalityReach(file: DataFile, types: ReadonlyMap<FieldId, PrimitiveType>): Reach {
  const columns = (file.equalityIds ?? []).flatMap((fieldId) => {
    const type = types.get(fieldId);
    if (type === undefined) return [];
    const term: ColumnTerm = { column: "", fieldId, type };
    const { nulls, nans, lower, upper } = columnRange(file, term);
    return [{ term, deleted: { nulls, nans, lower, upper } }];
  });
  return (dataFile) => columns.every(({ term, deleted }) => mayShare(deleted, columnRange(dataFile, term)));
}

/** Whether some value may be in both ranges. */
function mayShare(a: ValueRange, b: ValueRange): boolean {
  const numbersMeet = isAtMost(a.lower, b.upper) && isAtMost(b.lower, a.upper) && mayHaveNumber(a) && mayHaveNumber(b);
  return numbersMeet || (a.nulls !== "none" && b.nulls !== "none") || (a.nans !== "none" && b.nans !== "none");
}

/** An unknown bound lies beyond every value. */
const isAtMost = (lower: ValueRange["lower"], upper: ValueRange["upper"]): boolean =>
  lower === undefined || upper === undefined || compareValues(lower, upper) <= 0;

const mayHaveNumber = ({ nulls, nans }: ValueRange): boolean => nulls !== "all" && nans !== "all";
