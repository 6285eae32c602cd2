import { type Data, DataType, TimeUnit, Utf8, type Vector, vectorFromArray } from "apache-arrow";
import { parseDecimal } from "./decimal-text.ts";
import { parseUuid } from "./uuid-text.ts";

const microsPerUnit: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1_000_000n,
  [TimeUnit.MILLISECOND]: 1000n,
  [TimeUnit.MICROSECOND]: 1n,
  [TimeUnit.NANOSECOND]: 0n,
};

/** Times as microseconds, in halves of 32 bits; what is finer is cut off. */
export function microsWords(data: Data, unit: TimeUnit): { words: Int32Array } {
  const source: BigInt64Array | Int32Array = data.values;
  if (unit === TimeUnit.MICROSECOND && source instanceof BigInt64Array) return halves(source);
  const micros = BigInt64Array.from(source as ArrayLike<number>, (value) => {
    const whole = BigInt(value);
    return unit === TimeUnit.NANOSECOND
      ? BigInt.asIntN(64, (whole - (((whole % 1000n) + 1000n) % 1000n)) / 1000n)
      : whole * microsPerUnit[unit];
  });
  return halves(micros);
}

/** Dates as days since 1970. */
export function dateDays(data: Data): { words: Int32Array } {
  const source: Int32Array | BigInt64Array = data.values;
  if (source instanceof BigInt64Array)
    return { words: Int32Array.from(source, (ms) => Math.floor(Number(ms) / 86_400_000)) };
  return { words: source };
}

/** Numbers of a column of another width. */
export function numbers<T extends typeof Float32Array | typeof Float64Array>(vector: Vector, type: T): InstanceType<T> {
  const values = new type(vector.length);
  for (let row = 0; row < vector.length; row++) values[row] = Number(vector.get(row) ?? 0);
  return values as InstanceType<T>;
}

/** Text or binary: the bytes, and where each value begins. */
export function textBytes({ values, valueOffsets }: Data): { bytes: Uint8Array; offsets: Int32Array } {
  const offsets = valueOffsets as unknown as Int32Array | BigInt64Array;
  return { bytes: values, offsets: offsets instanceof Int32Array ? offsets : Int32Array.from(offsets, Number) };
}

/** Sixteen bytes for each, from text as well. */
export function uuidBytes(data: Data, vector: Vector): { bytes: Uint8Array } | undefined {
  if (DataType.isFixedSizeBinary(data.type) && data.type.byteWidth === 16) return { bytes: data.values };
  return DataType.isUtf8(data.type) || DataType.isLargeUtf8(data.type) ? fromText(vector, parseUuid) : undefined;
}

/** The unscaled value in sixteen bytes for each, from text as well. */
export function decimalBytes(data: Data, vector: Vector, scale: number): { bytes: Uint8Array } | undefined {
  if (DataType.isDecimal(data.type) && data.type.bitWidth === 128 && data.type.scale === scale) {
    const { buffer, byteOffset, byteLength } = data.values as Uint32Array;
    return { bytes: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  return DataType.isUtf8(data.type) || DataType.isLargeUtf8(data.type)
    ? fromText(vector, (text) => parseDecimal(text, scale))
    : undefined;
}

/** A dictionary-encoded column without its dictionary. */
export function spellOut(vector: Vector): Vector {
  return vectorFromArray([...vector], DataType.isDictionary(vector.type) ? vector.type.dictionary : new Utf8());
}

function fromText(vector: Vector, parse: (text: string) => Uint8Array): { bytes: Uint8Array } {
  const values = new Uint8Array(vector.length * 16);
  for (let row = 0; row < vector.length; row++) {
    const text: string | null = vector.get(row);
    if (text !== null) values.set(parse(text), row * 16);
  }
  return { bytes: values };
}

function halves(values: BigInt64Array): { words: Int32Array } {
  return { words: new Int32Array(values.buffer, values.byteOffset, values.length * 2) };
}
