import {
  Bool,
  DataType,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  makeVector,
  TimestampMicrosecond,
  TimeUnit,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { IcebergError } from "../errors.ts";
import type { Datum } from "../spec/manifest.ts";
import { type IcebergType, type NestedField, typeToString } from "../spec/types.ts";

/** Where Parquet writers that come from Arrow look for a column's field id. */
const fieldIdKey = "PARQUET:field_id";

/** The Arrow field of a column, its Iceberg field id with it. */
export function arrowField(field: NestedField): Field {
  return new Field(field.name, arrowType(field.type), !field.required, new Map([[fieldIdKey, String(field.id)]]));
}

/** The Iceberg field id that an Arrow field carries. */
export function fieldIdOf(field: Field): number | undefined {
  const text = field.metadata.get(fieldIdKey);
  return text === undefined ? undefined : Number(text);
}

function arrowType(type: IcebergType): DataType {
  switch (type.kind) {
    case "boolean":
      return new Bool();
    case "int":
      return new Int32();
    case "long":
      return new Int64();
    case "double":
      return new Float64();
    case "string":
      return new Utf8();
    case "timestamptz":
      return new TimestampMicrosecond("UTC");
    default:
      throw new IcebergError(
        "UNSUPPORTED",
        `rows with a column of type ${typeToString(type)} cannot be written one by one`,
      );
  }
}

/** Values of a column as an Arrow vector. */
export function toVector(field: NestedField, values: readonly (Datum | null)[]): Vector {
  const type = arrowType(field.type);
  if (!(type instanceof TimestampMicrosecond)) return vectorFromArray(values, type);
  const int64 = vectorFromArray(values, new Int64()).data[0];
  if (int64 === undefined) return vectorFromArray([], type);
  const { length, nullCount, nullBitmap, values: data } = int64;
  return makeVector(makeData({ type, length, nullCount, nullBitmap, data }));
}

/** The values of an Arrow vector, timestamps as microseconds whatever their unit. */
export function fromVector(vector: Vector): readonly (Datum | null)[] {
  const { type } = vector;
  // What is read has the general class, not that of its unit.
  if (!DataType.isTimestamp(type)) return [...vector];
  const toMicros = microsOf[type.unit];
  return vector.data.flatMap((data) =>
    Array.from({ length: data.length }, (_, index) =>
      data.getValid(index) ? toMicros(data.values[index] as bigint) : null,
    ),
  );
}

const microsOf: Readonly<Record<TimeUnit, (value: bigint) => bigint>> = {
  [TimeUnit.SECOND]: (value) => value * 1_000_000n,
  [TimeUnit.MILLISECOND]: (value) => value * 1_000n,
  [TimeUnit.MICROSECOND]: (value) => value,
  [TimeUnit.NANOSECOND]: (value) => value / 1_000n,
};
