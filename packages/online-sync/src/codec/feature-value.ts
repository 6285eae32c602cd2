import type { BatchColumn } from "../arrow/batch-column.ts";
import { decimalText } from "../arrow/decimal-text.ts";
import { uuidText } from "../arrow/uuid-text.ts";
import { OnlineStoreError } from "../errors.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { secondsOf } from "./timestamp.ts";
import type { ValueKind, ValueType } from "./value-type.ts";
import { readVarint, readVarintNumber, skipVarint } from "./varint.ts";

/**
 * The value of a feature: int, float and double as number, long and time (microseconds of the day) as bigint,
 * timestamp, timestamptz and date as Date, binary as bytes, string, uuid and decimal as text.
 */
export type FeatureCell = boolean | number | bigint | string | Date | Uint8Array;

/** The members of Feast's `Value` message that features are written as. */
const field = {
  bytes: 1,
  string: 2,
  int32: 3,
  int64: 4,
  double: 5,
  float: 6,
  bool: 7,
  unixTimestamp: 8,
  null: 19,
  uuid: 36,
  decimal: 44,
} as const;

/** The members that are read as a kind: its own, and that of the type it may have been widened from. */
const readableAs: Readonly<Record<ValueKind, readonly number[]>> = {
  boolean: [field.bool],
  int: [field.int32],
  long: [field.int64, field.int32],
  float: [field.float],
  double: [field.double, field.float],
  date: [field.unixTimestamp],
  time: [field.int64],
  timestamp: [field.unixTimestamp],
  timestamptz: [field.unixTimestamp],
  string: [field.string],
  uuid: [field.uuid],
  binary: [field.bytes],
  decimal: [field.decimal],
};

const wireType = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

/** Writes the value of a row. */
export type RowWriter = (out: ByteWriter, row: number) => void;

/**
 * Writes the values of a column as `feast.types.Value`; null is zero bytes, as in Feast. Timestamps lose what is below
 * the second, since Feast has whole seconds only; a date is its midnight in UTC. Feast has no time of day: it is int64.
 */
export function featureValueWriter(type: ValueType, column: BatchColumn): RowWriter {
  const write = payloadWriter(type, column);
  const { valid } = column;
  return (out, row) => {
    if (valid(row)) write(out, row);
  };
}

function payloadWriter({ kind, scale }: ValueType, column: BatchColumn): RowWriter {
  const { values, offsets, bitOffset } = column;
  const int = (row: number) => values[row] as number;
  switch (kind) {
    case "boolean":
      return (out, row) => {
        const bit = bitOffset + row;
        tag(out, field.bool, wireType.varint);
        out.u8((int(bit >> 3) >> (bit & 7)) & 1);
      };
    case "int":
      return (out, row) => {
        tag(out, field.int32, wireType.varint);
        out.varint64(int(row), int(row) >> 31);
      };
    case "long":
    case "time":
      return (out, row) => {
        tag(out, field.int64, wireType.varint);
        out.varint64(int(row * 2), int(row * 2 + 1));
      };
    case "float":
      return (out, row) => {
        tag(out, field.float, wireType.fixed32);
        out.f32(int(row));
      };
    case "double":
      return (out, row) => {
        tag(out, field.double, wireType.fixed64);
        out.f64(int(row));
      };
    case "date":
      return (out, row) => {
        tag(out, field.unixTimestamp, wireType.varint);
        out.varintNumber(int(row) * 86_400);
      };
    case "timestamp":
    case "timestamptz":
      return (out, row) => {
        tag(out, field.unixTimestamp, wireType.varint);
        out.varintNumber(secondsOf(int(row * 2), int(row * 2 + 1)));
      };
    case "string":
    case "binary": {
      const number = kind === "string" ? field.string : field.bytes;
      return (out, row) => {
        const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
        tag(out, number, wireType.lengthDelimited);
        out.uvarint(end - start);
        out.slice(values as Uint8Array, start, end);
      };
    }
    case "uuid":
      return (out, row) => text(out, field.uuid, uuidText((values as Uint8Array).subarray(row * 16, row * 16 + 16)));
    case "decimal":
      return (out, row) => {
        const unscaled = values.slice(row * 16, row * 16 + 16);
        text(out, field.decimal, decimalText(new Uint32Array(unscaled.buffer), scale));
      };
  }
}

/**
 * Reads the `feast.types.Value` in `bytes[start, end)`; null when it is empty or says so. A value that was written
 * before its feature's type was widened is given in the wider type.
 * @throws OnlineStoreError `STORE_INVALID` when it holds another type
 */
export function readFeatureValue(bytes: Buffer, kind: ValueKind, start = 0, end = bytes.length): FeatureCell | null {
  if (start === end) return null;
  const number = readTag(bytes, start) >>> 3;
  if (number === field.null) return null;
  if (readableAs[kind].includes(number)) return readPayload(bytes, kind, number, skipVarint(bytes, start), end);
  throw new OnlineStoreError(
    "STORE_INVALID",
    `the online store holds member ${number} of feast.types.Value where a ${kind} should be; materialize the view in full`,
  );
}

function readPayload(bytes: Buffer, kind: ValueKind, number: number, at: number, end: number): FeatureCell {
  switch (kind) {
    case "boolean":
      return bytes[at] === 1;
    case "int":
      return readVarintNumber(bytes, at);
    case "long":
    case "time":
      return readVarint(bytes, at);
    case "float":
    case "double":
      return number === field.float ? bytes.readFloatLE(at) : bytes.readDoubleLE(at);
    case "date":
    case "timestamp":
    case "timestamptz":
      return new Date(readVarintNumber(bytes, at) * 1000);
    case "string":
    case "uuid":
    case "decimal":
      return bytes.toString("utf8", skipVarint(bytes, at), end);
    case "binary":
      return new Uint8Array(bytes.subarray(skipVarint(bytes, at), end));
  }
}

function text(out: ByteWriter, number: number, value: string): void {
  tag(out, number, wireType.lengthDelimited);
  out.uvarint(Buffer.byteLength(value));
  out.utf8(value);
}

function tag(out: ByteWriter, number: number, type: number): void {
  out.uvarint((number << 3) | type);
}

/** The members of `Value` have numbers of one or two bytes. */
function readTag(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  return first < 0x80 ? first : (first & 0x7f) | ((bytes[at + 1] ?? 0) << 7);
}
