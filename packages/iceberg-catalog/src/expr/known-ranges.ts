import type { FileFacts } from "../spec/file-facts.ts";
import type { FieldId } from "../spec/ids.ts";
import type { Datum, FieldSummary } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { decodeValue } from "../spec/values.ts";
import type { ColumnTerm } from "./bound-predicate.ts";
import {
  asLower,
  asUpper,
  isFloating,
  type Presence,
  possibleNans,
  unknownRange,
  type ValueRange,
} from "./value-range.ts";

/** What a manifest says of a column of a data file; statistics that are missing are unknown. Nothing is decoded unasked. */
export function columnRange(file: FileFacts, { fieldId, type }: ColumnTerm): ValueRange {
  return new ColumnRange(file, fieldId, type);
}

/**
 * What is sure of a column of a data file. Bounds of strings and bytes may have been cut off, by writers that did not round
 * an upper one up: they are taken for unknown.
 */
export function strictColumnRange(file: FileFacts, term: ColumnTerm): ValueRange {
  const range = columnRange(file, term);
  if (!isTruncatable(term.type)) return range;
  return { nulls: range.nulls, nans: range.nans, lower: undefined, upper: undefined };
}

const isTruncatable = ({ kind }: PrimitiveType): boolean => kind === "string" || kind === "binary" || kind === "fixed";

class ColumnRange implements ValueRange {
  readonly #file: FileFacts;
  readonly #column: FieldId;
  readonly #type: PrimitiveType;

  constructor(file: FileFacts, column: FieldId, type: PrimitiveType) {
    this.#file = file;
    this.#column = column;
    this.#type = type;
  }

  get nulls(): Presence {
    const nulls = this.#file.nullValueCounts?.get(this.#column);
    if (nulls === undefined || nulls === 0n) return presenceOf(nulls, undefined);
    return presenceOf(nulls, this.#file.valueCounts?.get(this.#column));
  }

  get nans(): Presence {
    if (!isFloating(this.#type)) return "none";
    const nans = this.#file.nanValueCounts?.get(this.#column);
    if (nans === undefined || nans === 0n) return presenceOf(nans, undefined);
    const values = this.#file.valueCounts?.get(this.#column);
    const nulls = this.#file.nullValueCounts?.get(this.#column);
    return presenceOf(nans, values === undefined || nulls === undefined ? undefined : values - nulls);
  }

  get lower(): Datum | undefined {
    const bytes = this.#file.lowerBounds?.get(this.#column);
    return bytes && asLower(decodeValue(this.#type, bytes));
  }

  get upper(): Datum | undefined {
    const bytes = this.#file.upperBounds?.get(this.#column);
    return bytes && asUpper(decodeValue(this.#type, bytes));
  }
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
    lower: lowerBound && asLower(decodeValue(type, lowerBound)),
    upper: upperBound && asUpper(decodeValue(type, upperBound)),
  };
}
