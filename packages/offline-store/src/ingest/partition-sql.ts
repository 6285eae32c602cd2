import {
  findFieldById,
  type PartitionField,
  type PartitionSpec,
  type Schema,
  transformToString,
} from "@icecore/iceberg-catalog";
import { quotedIdentifier } from "../duckdb/quote.ts";
import { OfflineStoreError } from "../errors.ts";

const hourMicros = 3_600_000_000n;

/** The SQL expressions that compute a row's partition values, in the spec's order (spec, "Partition Transforms"). */
export function partitionExpressions(spec: PartitionSpec, schema: Schema): readonly string[] {
  return spec.fields.map((field) => expression(field, schema));
}

function expression(partition: PartitionField, schema: Schema): string {
  const source = findFieldById(schema, partition.sourceId);
  if (source === undefined || partition.transform.kind === "void") return "CAST(NULL AS INTEGER)";
  const column = quotedIdentifier(source.name);
  switch (partition.transform.kind) {
    case "identity":
      return column;
    case "year":
      return `CAST(year(${column}) - 1970 AS INTEGER)`;
    case "month":
      return `CAST((year(${column}) - 1970) * 12 + month(${column}) - 1 AS INTEGER)`;
    case "day":
      return `CAST(CAST(${column} AS DATE) - DATE '1970-01-01' AS INTEGER)`;
    case "hour":
      return floorDivide(`epoch_us(${column})`, hourMicros);
    default:
      throw new OfflineStoreError(
        "UNSUPPORTED",
        `the table is partitioned by ${transformToString(partition.transform)}(${source.name}), which ingest cannot write; use identity, year, month, day or hour`,
      );
  }
}

/** Division that rounds toward minus infinity, so that times before 1970 fall in the right hour. */
function floorDivide(value: string, by: bigint): string {
  return `CAST((${value} - ((${value} % ${by}) + ${by}) % ${by}) // ${by} AS INTEGER)`;
}
