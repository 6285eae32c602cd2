import type { AvroEncoding } from "../avro/avro-encodings.ts";
import { type Decoder, type Reader, refuse } from "../avro/avro-readers.ts";
import { bigintFromBytes, bigintToFixed } from "../spec/big-endian.ts";
import type { JsonValue } from "../spec/json.ts";
import type { Datum } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { uuidFromBytes } from "../spec/uuid.ts";
import { encodeValue } from "../spec/values.ts";

/** How a partition value is written: Iceberg's types in Avro (spec, "Appendix A: Avro"). */
export function partitionValueEncoding(type: PrimitiveType): AvroEncoding<Datum> {
  return {
    schema: avroSchemaOf(type),
    write: (buffer, value) => {
      const bytes = encodeValue(type, value);
      switch (type.kind) {
        case "string":
        case "binary":
          return buffer.writeBytes(bytes);
        case "decimal":
          return buffer.writeFixed(bigintToFixed(BigInt(value as bigint), decimalLength(type.precision)));
        case "boolean":
        case "float":
        case "double":
        case "uuid":
        case "fixed":
          return buffer.writeFixed(bytes);
        case "int":
        case "date":
        case "long":
        case "time":
        case "timestamp":
        case "timestamptz":
          return buffer.writeLong(BigInt(value as number | bigint));
      }
    },
  };
}

/** Reads a partition value as the writer's own schema describes it; the table's schema may have moved on since. */
export const partitionValueReader: Reader<Datum> = (written): Decoder<Datum> => {
  switch (written.kind) {
    case "boolean":
      return (cursor) => cursor.readBoolean();
    case "int":
      return (cursor) => cursor.readInt();
    case "long":
      return (cursor) => cursor.readLong();
    case "float":
      return (cursor) => cursor.readFloat();
    case "double":
      return (cursor) => cursor.readDouble();
    case "string":
      return (cursor) => cursor.readString();
    case "bytes":
      return written.logicalType === "decimal"
        ? (cursor) => bigintFromBytes(cursor.readBytes())
        : (cursor) => cursor.readBytes();
    case "fixed":
      return fixedReader(written.size, written.logicalType);
    default:
      return refuse("a partition value", written);
  }
};

/** The value as its column's current type has it: what was an int before the column was widened is a long now. */
export function promotePartitionValue(type: PrimitiveType | undefined, value: Datum): Datum {
  return type?.kind === "long" && typeof value === "number" ? BigInt(value) : value;
}

function fixedReader(size: number, logicalType: string | undefined): Decoder<Datum> {
  switch (logicalType) {
    case "decimal":
      return (cursor) => bigintFromBytes(cursor.readFixed(size));
    case "uuid":
      return (cursor) => uuidFromBytes(cursor.readFixed(size));
    default:
      return (cursor) => cursor.readFixed(size);
  }
}

function avroSchemaOf(type: PrimitiveType): JsonValue {
  switch (type.kind) {
    case "boolean":
    case "int":
    case "long":
    case "float":
    case "double":
    case "string":
      return type.kind;
    case "binary":
      return "bytes";
    case "date":
      return { type: "int", logicalType: "date" };
    case "time":
      return { type: "long", logicalType: "time-micros" };
    case "timestamp":
    case "timestamptz":
      return { type: "long", logicalType: "timestamp-micros", "adjust-to-utc": type.kind === "timestamptz" };
    case "uuid":
      return { type: "fixed", name: "uuid_fixed", size: 16, logicalType: "uuid" };
    case "fixed":
      return { type: "fixed", name: `fixed_${type.length}`, size: type.length };
    case "decimal":
      return {
        type: "fixed",
        name: `decimal_${type.precision}_${type.scale}`,
        size: decimalLength(type.precision),
        logicalType: "decimal",
        precision: type.precision,
        scale: type.scale,
      };
  }
}

/** The fewest bytes whose two's complement holds every decimal of the precision. */
function decimalLength(precision: number): number {
  const largest = 10n ** BigInt(precision) - 1n;
  let length = 1;
  while (BigInt.asIntN(8 * length, largest) !== largest) length++;
  return length;
}
