import { bigintFromBytes, bigintToBytes } from "./big-endian.ts";
import type { Datum } from "./manifest.ts";
import type { PrimitiveType, SimplePrimitive } from "./types.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";
import { uuidFromBytes, uuidToBytes } from "./uuid.ts";

/** One type's single-value binary form, both ways; undefined says that the operand does not belong to the type. */
export interface ValueCodec {
  readonly encode: (value: Datum) => Uint8Array | undefined;
  readonly decode: (bytes: Uint8Array) => Datum | undefined;
}

export function codecOf(type: PrimitiveType): ValueCodec {
  switch (type.kind) {
    case "decimal":
      return decimal;
    case "fixed":
      return bytesWhere((bytes) => bytes.length === type.length);
    default:
      return simpleCodecs[type.kind];
  }
}

const int: ValueCodec = {
  encode: (value) =>
    typeof value === "number" && (value | 0) === value ? write(4, (view) => view.setInt32(0, value, true)) : undefined,
  decode: (bytes) => (bytes.length === 4 ? viewOf(bytes).getInt32(0, true) : undefined),
};

const long: ValueCodec = {
  encode: (value) =>
    typeof value === "bigint" && BigInt.asIntN(64, value) === value
      ? write(8, (view) => view.setBigInt64(0, value, true))
      : undefined,
  decode: (bytes) => (bytes.length === 8 ? viewOf(bytes).getBigInt64(0, true) : undefined),
};

const float: ValueCodec = {
  encode: (value) => (typeof value === "number" ? write(4, (view) => view.setFloat32(0, value, true)) : undefined),
  decode: (bytes) => (bytes.length === 4 ? viewOf(bytes).getFloat32(0, true) : undefined),
};

const double: ValueCodec = {
  encode: (value) => (typeof value === "number" ? write(8, (view) => view.setFloat64(0, value, true)) : undefined),
  decode: (bytes) => (bytes.length === 8 ? viewOf(bytes).getFloat64(0, true) : float.decode(bytes)),
};

const decimal: ValueCodec = {
  encode: (value) => (typeof value === "bigint" ? bigintToBytes(value) : undefined),
  decode: (bytes) => (bytes.length > 0 ? bigintFromBytes(bytes) : undefined),
};

const bytesWhere = (isValid: (bytes: Uint8Array) => boolean): ValueCodec => ({
  encode: (value) => (value instanceof Uint8Array && isValid(value) ? value : undefined),
  decode: (bytes) => (isValid(bytes) ? bytes : undefined),
});

const simpleCodecs: Readonly<Record<SimplePrimitive, ValueCodec>> = {
  boolean: {
    encode: (value) => (typeof value === "boolean" ? Uint8Array.of(value ? 1 : 0) : undefined),
    decode: (bytes) => (bytes.length === 1 ? bytes[0] !== 0 : undefined),
  },
  int,
  date: int,
  long: {
    encode: long.encode,
    decode: (bytes) => (bytes.length === 4 ? BigInt(viewOf(bytes).getInt32(0, true)) : long.decode(bytes)),
  },
  time: long,
  timestamp: long,
  timestamptz: long,
  float,
  double,
  string: {
    encode: (value) => (typeof value === "string" ? encodeUtf8(value) : undefined),
    decode: decodeUtf8,
  },
  uuid: {
    encode: (value) => (typeof value === "string" ? uuidToBytes(value) : undefined),
    decode: (bytes) => (bytes.length === 16 ? uuidFromBytes(bytes) : undefined),
  },
  binary: bytesWhere(() => true),
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function write(length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(viewOf(bytes));
  return bytes;
}
