import { IcebergError } from "../../errors.ts";
import type { PartitionField, PartitionSpec } from "../../spec/partition-spec.ts";
import { findFieldById, type Schema } from "../../spec/schema.ts";
import { transformToString } from "../../spec/transform.ts";
import { isPrimitive, type NestedField } from "../../spec/types.ts";
import { quotedIdentifier } from "../quote.ts";

const hourMicros = 3_600_000_000n;

/**
 * The SQL expressions that compute a row's partition values, in the spec's order and in the form that manifests hold
 * them: counts since 1970 are INTEGER or BIGINT (spec, "Partition Transforms").
 */
export function partitionExpressions(spec: PartitionSpec, schema: Schema): readonly string[] {
  return spec.fields.map((field) => expression(field, schema));
}

function expression(partition: PartitionField, schema: Schema): string {
  const source = findFieldById(schema, partition.sourceId);
  if (source === undefined || partition.transform.kind === "void") return "CAST(NULL AS INTEGER)";
  const column = quotedIdentifier(source.name);
  switch (partition.transform.kind) {
    case "identity":
      return identity(column, source, partition);
    case "year":
      return `CAST(year(${column}) - 1970 AS INTEGER)`;
    case "month":
      return `CAST((year(${column}) - 1970) * 12 + month(${column}) - 1 AS INTEGER)`;
    case "day":
      return daysOf(column);
    case "hour":
      return floorDivide(`epoch_us(${column})`, hourMicros);
    default:
      return refuse(partition, source);
  }
}

/** Dates and timestamps as the numbers they are; what could not stand in a path or a literal is refused. */
function identity(column: string, source: NestedField, partition: PartitionField): string {
  if (!isPrimitive(source.type)) return refuse(partition, source);
  switch (source.type.kind) {
    case "boolean":
    case "int":
    case "long":
    case "string":
      return column;
    case "date":
      return daysOf(column);
    case "time":
    case "timestamp":
    case "timestamptz":
      return `epoch_us(${column})`;
    case "uuid":
      return `CAST(${column} AS VARCHAR)`;
    default:
      return refuse(partition, source);
  }
}

function refuse(partition: PartitionField, source: NestedField): never {
  throw new IcebergError(
    "UNSUPPORTED",
    `the table is partitioned by ${transformToString(partition.transform)}(${source.name}), which ingest cannot write; use year, month, day or hour, or identity of a whole number, text, date or time`,
  );
}

const daysOf = (column: string): string => `CAST(CAST(${column} AS DATE) - DATE '1970-01-01' AS INTEGER)`;

/** Division that rounds toward minus infinity, so that times before 1970 fall in the right hour. */
function floorDivide(value: string, by: bigint): string {
  return `CAST((${value} - ((${value} % ${by}) + ${by}) % ${by}) // ${by} AS INTEGER)`;
}
