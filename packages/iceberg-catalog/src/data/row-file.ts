import { Schema as ArrowSchema, Table as ArrowTable, tableFromIPC, tableToIPC } from "apache-arrow";
import { Compression, Table as ParquetTable, readParquet, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import { IcebergError } from "../errors.ts";
import { compareValues } from "../spec/compare-values.ts";
import type { FieldId } from "../spec/ids.ts";
import type { DataFile, Datum } from "../spec/manifest.ts";
import { isUnpartitioned } from "../spec/partition-type.ts";
import { truncateString, truncateUpperString } from "../spec/truncate-bounds.ts";
import { isPrimitive, type NestedField } from "../spec/types.ts";
import { encodeValue } from "../spec/values.ts";
import type { Table } from "../table.ts";
import { dataFileLocation } from "../transaction/table-locations.ts";
import { arrowField, fieldIdOf, fromVector, toVector } from "./arrow-columns.ts";

/** A row by column name; a missing column is null. */
export type Row = Readonly<Record<string, Datum | null | undefined>>;

/** Iceberg's default metrics mode keeps 16 code points of a string. */
const boundLength = 16;

/**
 * Writes rows as one Parquet data file of an unpartitioned table. For tables of a few thousand rows that are handled as
 * values; bulk data belongs to an engine. Commit the file with a fast append.
 */
export async function writeRowFile(table: Table, rows: readonly Row[], fileName: string): Promise<DataFile> {
  const { schema, spec } = table;
  if (!isUnpartitioned(spec))
    throw new IcebergError("UNSUPPORTED", "rows can be written one by one only to an unpartitioned table");
  const columns = schema.fields.map((field) => ({ field, values: rows.map((row) => row[field.name] ?? null) }));
  const arrow = new ArrowTable(
    new ArrowSchema(columns.map(({ field }) => arrowField(field))),
    Object.fromEntries(columns.map(({ field, values }) => [field.name, toVector(field, values)])),
  );
  const properties = new WriterPropertiesBuilder().setCompression(Compression.ZSTD).build();
  const bytes = writeParquet(ParquetTable.fromIPCStream(tableToIPC(arrow, "stream")), properties);
  const filePath = dataFileLocation(table, "", fileName);
  await table.io.write(filePath, bytes);
  return {
    content: "data",
    filePath,
    fileFormat: "parquet",
    specId: spec.specId,
    partition: [],
    recordCount: BigInt(rows.length),
    fileSizeInBytes: BigInt(bytes.length),
    ...columnMetrics(columns),
  };
}

/** Reads the rows of a data file under the table's current schema; columns are found by field id. */
export async function readRowFile(table: Table, file: DataFile): Promise<readonly Row[]> {
  const bytes = await table.io.read(file.filePath);
  const arrow = tableFromIPC(readParquet(bytes).intoIPCStream());
  const columns = table.schema.fields.map((field) => {
    const index = arrow.schema.fields.findIndex((candidate) => fieldIdOf(candidate) === field.id);
    const vector = arrow.getChildAt(index);
    return [field.name, vector === null ? [] : fromVector(vector)] as const;
  });
  return Array.from({ length: arrow.numRows }, (_, row) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? null])),
  );
}

interface ColumnValues {
  readonly field: NestedField;
  readonly values: readonly (Datum | null)[];
}

function columnMetrics(
  columns: readonly ColumnValues[],
): Pick<DataFile, "valueCounts" | "nullValueCounts" | "lowerBounds" | "upperBounds"> {
  const lowerBounds = new Map<FieldId, Uint8Array>();
  const upperBounds = new Map<FieldId, Uint8Array>();
  for (const { field, values } of columns) {
    if (!isPrimitive(field.type)) continue;
    const sorted = values
      .filter((value) => value !== null && !Number.isNaN(value))
      .sort((a, b) => compareValues(a as Datum, b as Datum));
    const [lower, upper] = [sorted[0], sorted.at(-1)];
    if (lower === undefined || upper === undefined || lower === null || upper === null) continue;
    const upperBound = typeof upper === "string" ? truncateUpperString(upper, boundLength) : upper;
    lowerBounds.set(
      field.id,
      encodeValue(field.type, typeof lower === "string" ? truncateString(lower, boundLength) : lower),
    );
    if (upperBound !== undefined) upperBounds.set(field.id, encodeValue(field.type, upperBound));
  }
  return {
    valueCounts: new Map(columns.map(({ field, values }) => [field.id, BigInt(values.length)])),
    nullValueCounts: new Map(
      columns.map(({ field, values }) => [field.id, BigInt(values.filter((value) => value === null).length)]),
    ),
    lowerBounds,
    upperBounds,
  };
}
