import type { FieldId } from "../../spec/ids.ts";
import type { DataFile, Datum } from "../../spec/manifest.ts";
import { type MetricsMode, metricsMode } from "../../spec/metrics-mode.ts";
import type { Schema } from "../../spec/schema.ts";
import { truncateString, truncateUpperString } from "../../spec/truncate-bounds.ts";
import { isPrimitive, type NestedField, type PrimitiveType } from "../../spec/types.ts";
import { encodeValue } from "../../spec/values.ts";
import { quotedIdentifier } from "../quote.ts";
import type { Row } from "../session.ts";
import { parseBound } from "./parse-bound.ts";

/** A row of `COPY ... (RETURN_STATS)`: a file that was written. */
export interface CopyStatistics {
  readonly path: string;
  readonly rows: bigint;
  readonly bytes: bigint;
  /** By quoted, dotted path, `"position"."lat"`: what DuckDB says of the column, every value as text. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

type StatisticsMap = readonly { readonly key: string; readonly value: unknown }[];

export function parseCopyStatistics(row: Row): CopyStatistics {
  const columns = (row["column_statistics"] as StatisticsMap).map(
    ({ key, value }) =>
      [key, new Map((value as StatisticsMap).map((entry) => [entry.key, String(entry.value)]))] as const,
  );
  return {
    path: String(row["filename"]),
    rows: BigInt(String(row["count"])),
    bytes: BigInt(String(row["file_size_bytes"])),
    columns: new Map(columns),
  };
}

/** The columns that files have metrics of: primitive ones, those inside structs too. */
export interface MeasuredColumn {
  readonly field: NestedField;
  readonly type: PrimitiveType;
  readonly mode: MetricsMode;
  /** As in {@link CopyStatistics}. */
  readonly key: string;
}

export function measuredColumns(
  schema: Schema,
  properties: Readonly<Record<string, string>>,
): readonly MeasuredColumn[] {
  const columns: MeasuredColumn[] = [];
  const visit = (fields: readonly NestedField[], path: string, key: string): void => {
    for (const field of fields) {
      const fieldPath = `${path}${field.name}`;
      const fieldKey = `${key}${quotedIdentifier(field.name)}`;
      if (field.type.kind === "struct") visit(field.type.fields, `${fieldPath}.`, `${fieldKey}.`);
      if (!isPrimitive(field.type)) continue;
      const mode = metricsMode(properties, fieldPath, columns.length);
      columns.push({ field, type: field.type, mode, key: fieldKey });
    }
  };
  visit(schema.fields, "", "");
  return columns;
}

type ColumnMetrics = Pick<DataFile, "columnSizes" | "valueCounts" | "nullValueCounts" | "lowerBounds" | "upperBounds">;

/**
 * The column metrics of a data file. Only what DuckDB is sure of is stated: NaN counts are left out, since it reports
 * NaN for the last row group alone, and so is every bound it does not give.
 */
export function columnMetrics(measured: readonly MeasuredColumn[], statistics: CopyStatistics): ColumnMetrics {
  const metrics = {
    columnSizes: new Map<FieldId, bigint>(),
    valueCounts: new Map<FieldId, bigint>(),
    nullValueCounts: new Map<FieldId, bigint>(),
    lowerBounds: new Map<FieldId, Uint8Array>(),
    upperBounds: new Map<FieldId, Uint8Array>(),
  };
  for (const { field, type, mode, key } of measured) {
    const column = statistics.columns.get(key);
    if (column === undefined) continue;
    setCount(metrics.columnSizes, field, column.get("column_size_bytes"));
    if (mode.kind === "none") continue;
    setCount(metrics.valueCounts, field, column.get("num_values"));
    setCount(metrics.nullValueCounts, field, column.get("null_count"));
    if (mode.kind === "counts") continue;
    setBound(metrics.lowerBounds, field.id, type, lowerBound(type, column.get("min"), mode.length));
    setBound(metrics.upperBounds, field.id, type, upperBound(type, column.get("max"), mode.length));
  }
  return metrics;
}

function setCount(counts: Map<FieldId, bigint>, field: NestedField, text: string | undefined): void {
  if (text !== undefined) counts.set(field.id, BigInt(text));
}

function setBound(bounds: Map<FieldId, Uint8Array>, id: FieldId, type: PrimitiveType, value: Datum | undefined): void {
  if (value !== undefined) bounds.set(id, encodeValue(type, value));
}

/** Iceberg orders -0 before 0, DuckDB reports either for both: the bounds hold both (spec, "Column Bounds"). */
function lowerBound(type: PrimitiveType, text: string | undefined, length: number | undefined): Datum | undefined {
  const value = text === undefined ? undefined : parseBound(type, text);
  if (value === 0) return type.kind === "float" || type.kind === "double" ? -0 : 0;
  return typeof value === "string" && length !== undefined ? truncateString(value, length) : value;
}

function upperBound(type: PrimitiveType, text: string | undefined, length: number | undefined): Datum | undefined {
  const value = text === undefined ? undefined : parseBound(type, text);
  if (value === 0) return 0;
  return typeof value === "string" && length !== undefined ? truncateUpperString(value, length) : value;
}
