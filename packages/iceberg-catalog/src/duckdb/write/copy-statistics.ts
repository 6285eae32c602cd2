import type { FieldId } from "../../spec/ids.ts";
import type { DataFile, Datum } from "../../spec/manifest.ts";
import type { Schema } from "../../spec/schema.ts";
import { truncateString, truncateUpperString } from "../../spec/truncate-bounds.ts";
import { isPrimitive, type NestedField, type PrimitiveType } from "../../spec/types.ts";
import { encodeValue } from "../../spec/values.ts";
import { parseBound } from "./parse-bound.ts";

/** A row of `COPY ... (RETURN_STATS)`, as far as it is used. */
export interface CopyStatistics {
  readonly rows: bigint;
  readonly bytes: bigint;
  /** By column name: what DuckDB says of it, every value as text. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Iceberg's default metrics mode is `truncate(16)`: bounds of strings keep 16 code points. */
const boundLength = 16;

type ColumnMetrics = Pick<DataFile, "columnSizes" | "valueCounts" | "nullValueCounts" | "lowerBounds" | "upperBounds">;

/**
 * The column metrics of a data file. Only what DuckDB is sure of is stated: NaN counts are left out, since it reports
 * NaN for the last row group alone, and so is every bound it does not give.
 */
export function columnMetrics(schema: Schema, statistics: CopyStatistics): ColumnMetrics {
  const metrics = {
    columnSizes: new Map<FieldId, bigint>(),
    valueCounts: new Map<FieldId, bigint>(),
    nullValueCounts: new Map<FieldId, bigint>(),
    lowerBounds: new Map<FieldId, Uint8Array>(),
    upperBounds: new Map<FieldId, Uint8Array>(),
  };
  for (const field of schema.fields) {
    const column = statistics.columns.get(field.name);
    if (column === undefined || !isPrimitive(field.type)) continue;
    setCount(metrics.columnSizes, field, column.get("column_size_bytes"));
    setCount(metrics.valueCounts, field, column.get("num_values"));
    setCount(metrics.nullValueCounts, field, column.get("null_count"));
    setBound(metrics.lowerBounds, field, lowerBound(field.type, column.get("min")));
    setBound(metrics.upperBounds, field, upperBound(field.type, column.get("max")));
  }
  return metrics;
}

function setCount(counts: Map<FieldId, bigint>, field: NestedField, text: string | undefined): void {
  if (text !== undefined) counts.set(field.id, BigInt(text));
}

function setBound(bounds: Map<FieldId, Uint8Array>, field: NestedField, value: Datum | undefined): void {
  if (value !== undefined && isPrimitive(field.type)) bounds.set(field.id, encodeValue(field.type, value));
}

/** Iceberg orders -0 before 0, DuckDB reports either for both: the bounds hold both (spec, "Column Bounds"). */
function lowerBound(type: PrimitiveType, text: string | undefined): Datum | undefined {
  const value = text === undefined ? undefined : parseBound(type, text);
  if (value === 0) return type.kind === "float" || type.kind === "double" ? -0 : 0;
  return typeof value === "string" ? truncateString(value, boundLength) : value;
}

function upperBound(type: PrimitiveType, text: string | undefined): Datum | undefined {
  const value = text === undefined ? undefined : parseBound(type, text);
  if (value === 0) return 0;
  return typeof value === "string" ? truncateUpperString(value, boundLength) : value;
}
