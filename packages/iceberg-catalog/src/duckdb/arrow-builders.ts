import {
  type DuckDBDecimalType,
  type DuckDBDecimalValue,
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBVector,
} from "@duckdb/node-api";
import {
  Binary,
  type Builder,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  makeBuilder,
  makeData,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
} from "apache-arrow";
import { IcebergError } from "../errors.ts";
import { BooleanBuilder } from "./boolean-builder.ts";
import type { ColumnBuilder } from "./column-builder.ts";
import { listBuilder, mapBuilder, StructBuilder } from "./nested-arrow-builders.ts";
import { NullBitmap } from "./null-bitmap.ts";
import { TextBuilder } from "./text-builder.ts";

type FixedArray = Int32Array | BigInt64Array | Float32Array | Float64Array;
type FixedConstructor = new (length: number) => FixedArray;

/** The builder for a column of that DuckDB type. */
export function columnBuilder(name: string, type: DuckDBType): ColumnBuilder {
  switch (type.typeId) {
    case DuckDBTypeId.INTEGER:
      return new FixedWidthBuilder(name, new Int32(), Int32Array);
    case DuckDBTypeId.BIGINT:
      return new FixedWidthBuilder(name, new Int64(), BigInt64Array);
    case DuckDBTypeId.FLOAT:
      return new FixedWidthBuilder(name, new Float32(), Float32Array);
    case DuckDBTypeId.DOUBLE:
      return new FixedWidthBuilder(name, new Float64(), Float64Array);
    case DuckDBTypeId.DATE:
      return new FixedWidthBuilder(name, new DateDay(), Int32Array);
    case DuckDBTypeId.TIME:
      return new FixedWidthBuilder(name, new TimeMicrosecond(), BigInt64Array);
    case DuckDBTypeId.TIMESTAMP:
      return new FixedWidthBuilder(name, new TimestampMicrosecond(), BigInt64Array);
    case DuckDBTypeId.TIMESTAMP_TZ:
      return new FixedWidthBuilder(name, new TimestampMicrosecond("UTC"), BigInt64Array);
    case DuckDBTypeId.BOOLEAN:
      return new BooleanBuilder(name);
    case DuckDBTypeId.VARCHAR:
      return new TextBuilder(name, new Utf8());
    case DuckDBTypeId.BLOB:
      return new TextBuilder(name, new Binary());
    case DuckDBTypeId.DECIMAL: {
      const { width, scale } = type as DuckDBDecimalType;
      return new ValueBuilder(name, new Decimal(scale, width, 128), (value) =>
        decimalWords((value as DuckDBDecimalValue).value),
      );
    }
    case DuckDBTypeId.LIST:
      return listBuilder(name, columnBuilder("element", (type as DuckDBListType).valueType));
    case DuckDBTypeId.MAP: {
      const { keyType, valueType } = type as DuckDBMapType;
      return mapBuilder(name, columnBuilder("key", keyType), columnBuilder("value", valueType));
    }
    case DuckDBTypeId.STRUCT: {
      const { entryNames, entryTypes } = type as DuckDBStructType;
      const members = entryTypes.map((entry, index) => columnBuilder(entryNames[index] ?? "", entry));
      return new StructBuilder(name, members);
    }
    default:
      throw new IcebergError(
        "UNSUPPORTED",
        `column "${name}" has type ${type.toString()}, which Arrow output does not carry`,
      );
  }
}

/** Copies values whole vectors at a time: DuckDB's layout is Arrow's. */
class FixedWidthBuilder implements ColumnBuilder {
  readonly field: Field;
  readonly #array: FixedConstructor;
  #values: FixedArray;
  #validity = new NullBitmap();

  constructor(name: string, type: DataType, array: FixedConstructor) {
    this.field = new Field(name, type, true);
    this.#array = array;
    this.#values = new array(2048);
  }

  append(vector: DuckDBVector, count: number, offset: number): void {
    if (offset + count > this.#values.length) {
      const grown = new this.#array(Math.max(this.#values.length * 2, offset + count));
      grown.set(this.#values as never);
      this.#values = grown;
    }
    const items = (vector as unknown as { readonly items: FixedArray }).items;
    this.#values.set(items.subarray(0, count) as never, offset);
    this.#validity.append(vector, count, offset);
  }

  finish(length: number): Data {
    const data = makeData({
      type: this.field.type as Int32,
      length,
      ...this.#validity.finish(length),
      data: this.#values.subarray(0, length) as Int32Array,
    });
    this.#values = new this.#array(this.#values.length);
    return data;
  }
}

/** Gathers values one by one, for the types whose layouts differ. */
class ValueBuilder<T extends DataType> implements ColumnBuilder {
  readonly field: Field;
  readonly #builder: Builder<T>;
  readonly #convert: (value: NonNullable<unknown>) => T["TValue"];

  constructor(name: string, type: T, convert: (value: NonNullable<unknown>) => T["TValue"]) {
    this.field = new Field(name, type, true);
    this.#builder = makeBuilder({ type, nullValues: [null] });
    this.#convert = convert;
  }

  append(vector: DuckDBVector, count: number): void {
    for (let i = 0; i < count; i++) {
      const value = vector.getItem(i);
      this.#builder.append(value === null || value === undefined ? null : this.#convert(value));
    }
  }

  finish(): Data {
    return this.#builder.flush();
  }
}

/** The 128 bits of a decimal's unscaled value, least significant word first. */
function decimalWords(unscaled: bigint): Uint32Array {
  const words = new BigUint64Array(2);
  words[0] = BigInt.asUintN(64, unscaled);
  words[1] = BigInt.asUintN(64, unscaled >> 64n);
  return new Uint32Array(words.buffer);
}
