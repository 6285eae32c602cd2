import { type Data, DataType, Precision, type RecordBatch, Vector } from "apache-arrow";
import { typeName, type ValueType } from "../codec/value-type.ts";
import { OnlineStoreError } from "../errors.ts";
import { dateDays, decimalBytes, microsWords, numbers, spellOut, textBytes, uuidBytes } from "./column-values.ts";

/**
 * A column of a batch, ready to be encoded by row without an object or a bigint for any value, and by the same code for
 * all that are as wide: numbers as words of 32 bits, one for each int, date (days) and float, two, of which the lower comes
 * first, for each long, time, timestamp, timestamptz (all in microseconds) and double; the others as bytes: boolean as bits
 * behind `bitOffset`; uuid and decimal (two's complement, little endian) as 16 for each; string and binary with the offsets
 * where they begin; lists as their elements, with the offsets where the lists begin.
 */
export interface BatchColumn {
  readonly valid: (row: number) => boolean;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  readonly bitOffset: number;
  readonly elements?: BatchColumn;
}

/**
 * The column of that name, in the form of its type.
 * @throws OnlineStoreError `BATCH_INVALID` when there is no such column, or it is of another type; `VALUE_INVALID` for lists with nulls
 */
export function batchColumn(batch: RecordBatch, name: string, type: ValueType): BatchColumn {
  const vector = batch.getChild(name);
  if (vector === null) {
    const names = batch.schema.fields.map((field) => field.name).join(", ");
    throw new OnlineStoreError("BATCH_INVALID", `the rows to write have no column "${name}" (there are: ${names})`);
  }
  const column = type.isList ? listColumn(name, vector, type) : singleColumn(vector, type);
  if (column !== undefined) return column;
  throw new OnlineStoreError(
    "BATCH_INVALID",
    `column "${name}" of the rows to write is an Arrow ${vector.type}, which cannot be written as ${typeName(type)}`,
  );
}

function singleColumn(vector: Vector, { kind, scale }: ValueType): BatchColumn | undefined {
  const plain = DataType.isDictionary(vector.type) ? spellOut(vector) : vector;
  const data = plain.data[0];
  if (data === undefined) return { valid: () => false, ...noValues };
  const converted = conversions[kind](data, plain, scale);
  return converted && { valid: validity(data), ...noValues, ...converted };
}

function listColumn(name: string, vector: Vector, type: ValueType): BatchColumn | undefined {
  const data = vector.data[0];
  if (data === undefined) return { valid: () => false, ...noValues };
  const children = DataType.isList(data.type) ? data.children[0] : undefined;
  const elements = children && singleColumn(new Vector([children]), type);
  if (elements === undefined) return undefined;
  if (children !== undefined && children.nullCount > 0) {
    throw new OnlineStoreError(
      "VALUE_INVALID",
      `column "${name}" of the rows to write has lists with nulls in them, which the online store cannot hold; leave them out, or the whole list`,
    );
  }
  return { valid: validity(data), ...noValues, offsets: data.valueOffsets, elements };
}

type Values = Partial<Pick<BatchColumn, "words" | "bytes" | "offsets" | "bitOffset">>;

const noValues = { words: new Int32Array(0), bytes: new Uint8Array(0), offsets: new Int32Array(1), bitOffset: 0 };

const conversions: Readonly<
  Record<ValueType["kind"], (data: Data, vector: Vector, scale: number) => Values | undefined>
> = {
  boolean: (data) => (DataType.isBool(data.type) ? { bytes: data.values, bitOffset: data.offset } : undefined),
  int: narrowInts,
  long: (data) => {
    if (DataType.isInt(data.type) && data.type.bitWidth === 64) return words(data);
    const narrow = narrowInts(data);
    if (narrow === undefined) return undefined;
    return {
      words: Int32Array.from({ length: data.length * 2 }, (_, i) => narrow.words[i >> 1] as number).map(sign),
    };
  },
  time: (data) => (DataType.isTime(data.type) ? microsWords(data, data.type.unit) : undefined),
  float: (data, vector) => floats(data, vector, Float32Array, Precision.SINGLE),
  double: (data, vector) => floats(data, vector, Float64Array, Precision.DOUBLE),
  date: (data) => (DataType.isDate(data.type) ? dateDays(data) : undefined),
  timestamp: (data) => (DataType.isTimestamp(data.type) ? microsWords(data, data.type.unit) : undefined),
  timestamptz: (data) => (DataType.isTimestamp(data.type) ? microsWords(data, data.type.unit) : undefined),
  string: (data) => (isText(data.type) ? textBytes(data) : undefined),
  binary: (data) => (DataType.isBinary(data.type) || DataType.isLargeBinary(data.type) ? textBytes(data) : undefined),
  uuid: uuidBytes,
  decimal: decimalBytes,
};

function validity({ nullCount, nullBitmap, offset }: Data): (row: number) => boolean {
  if (nullCount === 0 || nullBitmap.length === 0) return () => true;
  return (row) => ((nullBitmap[(offset + row) >> 3] ?? 0) & (1 << ((offset + row) & 7))) !== 0;
}

function words({ values }: { readonly values: ArrayBufferView }): Values {
  return { words: new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4) };
}

function narrowInts({ type, values }: Data): { words: Int32Array } | undefined {
  if (!DataType.isInt(type) || type.bitWidth > 32) return undefined;
  return { words: values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>) };
}

/** Of a value and its copy: the value, and what its sign makes of the upper half. */
function sign(value: number, index: number): number {
  return index % 2 === 0 ? value : value >> 31;
}

function floats(
  data: Data,
  vector: Vector,
  type: typeof Float32Array | typeof Float64Array,
  precision: Precision,
): Values | undefined {
  if (!DataType.isFloat(data.type)) return undefined;
  return words({ values: data.type.precision === precision ? data.values : numbers(vector, type) });
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type);
}
