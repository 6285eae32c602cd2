import type { FileFacts } from "../spec/file-facts.ts";
import type { FieldSummary } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { decodeValue } from "../spec/values.ts";
import type { ColumnTerm } from "./bound-predicate.ts";
import { bounds, isFloating, type Presence, possibleNans, unknownRange, type ValueRange } from "./value-range.ts";

/** What a manifest says of a column of a data file; statistics that are missing are unknown. */
export function columnRange(file: FileFacts, { fieldId, type }: ColumnTerm): ValueRange {
  const lower = file.lowerBounds?.get(fieldId);
  const upper = file.upperBounds?.get(fieldId);
  return {
    ...columnPresence(file, fieldId, type),
    ...bounds(lower && decodeValue(type, lower), upper && decodeValue(type, upper)),
  };
}

function columnPresence(
  file: FileFacts,
  fieldId: ColumnTerm["fieldId"],
  type: PrimitiveType,
): Pick<ValueRange, "nulls" | "nans"> {
  const values = file.valueCounts?.get(fieldId);
  const nulls = file.nullValueCounts?.get(fieldId);
  const nans = file.nanValueCounts?.get(fieldId);
  const present = values === undefined || nulls === undefined ? undefined : values - nulls;
  return {
    nulls: presenceOf(nulls, values),
    nans: isFloating(type) ? presenceOf(nans, present) : "none",
  };
}

function presenceOf(count: bigint | undefined, total: bigint | undefined): Presence {
  if (count === 0n) return "none";
  return count !== undefined && count === total ? "all" : "possible";
}

/** What a manifest list says of a partition field of a manifest's files. */
export function summaryRange(summary: FieldSummary | undefined, type: PrimitiveType): ValueRange {
  if (summary === undefined) return unknownRange(type);
  const { containsNull, containsNan, lowerBound, upperBound } = summary;
  const noNans = !isFloating(type) || containsNan === false;
  const isUnbounded = lowerBound === undefined && upperBound === undefined;
  return {
    nulls: containsNull ? (isUnbounded && noNans ? "all" : "possible") : "none",
    nans: noNans ? "none" : possibleNans(type),
    ...bounds(lowerBound && decodeValue(type, lowerBound), upperBound && decodeValue(type, upperBound)),
  };
}
