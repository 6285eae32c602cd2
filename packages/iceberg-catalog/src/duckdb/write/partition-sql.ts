import { IcebergError } from "../../errors.ts";
import { humanValue } from "../../spec/human-value.ts";
import type { Datum } from "../../spec/manifest.ts";
import type { PartitionField, PartitionSpec } from "../../spec/partition-spec.ts";
import { partitionFieldType } from "../../spec/partition-type.ts";
import { findFieldById, type Schema } from "../../spec/schema.ts";
import { transformToString } from "../../spec/transform.ts";
import { isPrimitive, type NestedField, type PrimitiveType, typeToString } from "../../spec/types.ts";
import { columnPath } from "../column-path.ts";
import type { Session } from "../session.ts";
import { datumSql, daysSinceEpoch, parseDatum, unscaledDecimal } from "../value-sql.ts";
import { createBucketMacros } from "./bucket-sql.ts";

/** How a row's value of one partition field is computed, and what DuckDB's answer means. */
export interface PartitionExpression {
  readonly sql: string;
  parse(value: unknown): Datum | null;
}

/**
 * The expressions that compute a row's partition values, in the spec's order (spec, "Partition Transforms").
 * @throws IcebergError `UNSUPPORTED` for a transform that this version does not know
 */
export async function partitionExpressions(
  session: Session,
  spec: PartitionSpec,
  schema: Schema,
): Promise<readonly PartitionExpression[]> {
  if (spec.fields.some(({ transform }) => transform.kind === "bucket")) await createBucketMacros(session);
  return spec.fields.map((field) => {
    const type = partitionFieldType(field, schema);
    return { sql: expression(field, schema), parse: (value) => storable(parseDatum(type, value), type, field) };
  });
}

/** The lowest decimals of a precision may be truncated to one that it has no digits for, which no reader takes. */
function storable(value: Datum | null, type: PrimitiveType | undefined, field: PartitionField): Datum | null {
  if (type?.kind !== "decimal" || value === null) return value;
  const limit = 10n ** BigInt(type.precision);
  const unscaled = BigInt(value as bigint);
  if (-limit < unscaled && unscaled < limit) return value;
  throw new IcebergError(
    "ROWS_INVALID",
    `a row belongs to the partition ${field.name} = ${humanValue(type, value)}, which is no ${typeToString(type)}; widen the column, or partition by another transform`,
  );
}

function expression(partition: PartitionField, schema: Schema): string {
  const source = findFieldById(schema, partition.sourceId);
  if (source === undefined || partition.transform.kind === "void") return "CAST(NULL AS INTEGER)";
  if (!isPrimitive(source.type)) return refuse(partition, source);
  const column = columnPath(schema, source.id);
  const { transform } = partition;
  switch (transform.kind) {
    case "identity":
      return datumSql(source.type, column);
    case "year":
      return `CAST(date_diff('year', DATE '1970-01-01', CAST(${column} AS DATE)) AS INTEGER)`;
    case "month":
      return `CAST(date_diff('month', DATE '1970-01-01', CAST(${column} AS DATE)) AS INTEGER)`;
    case "day":
      return daysSinceEpoch(column);
    case "hour":
      return `CAST(${floorTo(`CAST(epoch_us(${column}) AS HUGEINT)`, 3_600_000_000)} // 3600000000 AS INTEGER)`;
    case "bucket":
      return `CAST((${hash(column, source.type) ?? refuse(partition, source)} & 2147483647) % ${transform.buckets} AS INTEGER)`;
    case "truncate":
      return truncated(column, source.type, transform.width) ?? refuse(partition, source);
    case "unknown":
      return refuse(partition, source);
  }
}

/** An int and a date hash as a long, a decimal as the fewest bytes that hold its unscaled value (spec, "Appendix B"). */
function hash(column: string, { kind }: PrimitiveType): string | undefined {
  switch (kind) {
    case "int":
    case "long":
      return `murmur3_long(CAST(${column} AS BIGINT))`;
    case "date":
      return `murmur3_long(CAST(${daysSinceEpoch(column)} AS BIGINT))`;
    case "time":
    case "timestamp":
    case "timestamptz":
      return `murmur3_long(epoch_us(${column}))`;
    case "decimal":
      return `murmur3_hex(${fewestBytes(unscaledDecimal(column))})`;
    case "string":
      return `murmur3_hex(hex(encode(${column})))`;
    case "uuid":
      return `murmur3_hex(replace(CAST(${column} AS VARCHAR), '-', ''))`;
    case "binary":
    case "fixed":
      return `murmur3_hex(hex(${column}))`;
    default:
      return undefined;
  }
}

/** Ints and longs wrap around below their minimum, as in every other implementation. */
function truncated(column: string, { kind }: PrimitiveType, width: number): string | undefined {
  switch (kind) {
    case "int":
      return wrapped(floorTo(`CAST(${column} AS HUGEINT)`, width), 32, "INTEGER");
    case "long":
      return wrapped(floorTo(`CAST(${column} AS HUGEINT)`, width), 64, "BIGINT");
    case "decimal":
      return floorTo(unscaledDecimal(column), width);
    case "string":
      return `left(${column}, ${width})`;
    case "binary":
      return `left(hex(${column}), ${width * 2})`;
    default:
      return undefined;
  }
}

/** The next multiple of `width` at or below a value, below zero too. */
const floorTo = (value: string, width: number): string => `(${value} - ((${value} % ${width}) + ${width}) % ${width})`;

const wrapped = (value: string, bits: 32 | 64, type: string): string =>
  `CAST(CASE WHEN ${value} < -${2n ** BigInt(bits - 1)} THEN ${value} + ${2n ** BigInt(bits)} ELSE ${value} END AS ${type})`;

/** Two's complement in hexadecimal, as short as it can be. */
function fewestBytes(value: string): string {
  const lengths = Array.from({ length: 16 }, (_, index) => {
    const limit = 2n ** BigInt(8 * (index + 1) - 1);
    return `WHEN ${value} BETWEEN -${limit} AND ${limit - 1n} THEN ${2 * (index + 1)}`;
  });
  return `right(lpad(hex(${value}), 32, '0'), CASE ${lengths.slice(0, 15).join(" ")} ELSE 32 END)`;
}

function refuse({ transform }: PartitionField, source: NestedField): never {
  throw new IcebergError(
    "UNSUPPORTED",
    `the table is partitioned by ${transformToString(transform)} of "${source.name}", which this version cannot write`,
  );
}
