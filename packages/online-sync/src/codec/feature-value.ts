import { type Feature, featureType } from "@icecore/feature-registry";
import { OnlineStoreError } from "../errors.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { readVarint, skipVarint } from "./varint.ts";

/**
 * The value of a feature: int, float and double as number, long and time (microseconds of the day) as bigint,
 * timestamp, timestamptz and date as Date, binary as bytes, string, uuid and decimal as text.
 */
export type FeatureCell = boolean | number | bigint | string | Date | Uint8Array;

/** The Iceberg types that a feature may have. */
export type FeatureKind = Exclude<NonNullable<ReturnType<typeof featureType>>["kind"], "fixed">;

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
const readableAs: Readonly<Record<FeatureKind, readonly number[]>> = {
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

/** The kind of a feature's type. @throws OnlineStoreError `TYPE_UNSUPPORTED` */
export function featureKind(feature: Feature): FeatureKind {
  const kind = featureType(feature.type)?.kind;
  if (kind !== undefined && kind !== "fixed") return kind;
  throw new OnlineStoreError(
    "TYPE_UNSUPPORTED",
    `feature "${feature.name}": the online store has no type ${feature.type}`,
  );
}

/**
 * Writes a `feast.types.Value`; null is zero bytes, as in Feast. Timestamps lose what is below the second, since Feast
 * has whole seconds only; a date is its midnight in UTC. Feast has no time of day: it is written as int64.
 */
export function writeFeatureValue(out: ByteWriter, kind: FeatureKind, value: FeatureCell | null): void {
  if (value === null) return;
  switch (kind) {
    case "boolean":
      tag(out, field.bool, wireType.varint);
      out.u8(value === true ? 1 : 0);
      break;
    case "int":
      tag(out, field.int32, wireType.varint);
      out.varint(BigInt(value as number));
      break;
    case "long":
    case "time":
      tag(out, field.int64, wireType.varint);
      out.varint(value as bigint);
      break;
    case "float":
      tag(out, field.float, wireType.fixed32);
      out.f32(value as number);
      break;
    case "double":
      tag(out, field.double, wireType.fixed64);
      out.f64(value as number);
      break;
    case "date":
    case "timestamp":
    case "timestamptz":
      tag(out, field.unixTimestamp, wireType.varint);
      out.varint(BigInt(Math.floor((value as Date).getTime() / 1000)));
      break;
    case "string":
    case "uuid":
    case "decimal":
      tag(out, field[kind], wireType.lengthDelimited);
      out.uvarint(Buffer.byteLength(value as string));
      out.utf8(value as string);
      break;
    case "binary":
      tag(out, field.bytes, wireType.lengthDelimited);
      out.uvarint((value as Uint8Array).length);
      out.bytes(value as Uint8Array);
      break;
    default:
      kind satisfies never;
  }
}

/**
 * Reads the `feast.types.Value` in `bytes[start, end)`; null when it is empty or says so. A value that was written
 * before its feature's type was widened is given in the wider type.
 * @throws OnlineStoreError `STORE_INVALID` when it holds another type
 */
export function readFeatureValue(bytes: Buffer, kind: FeatureKind, start = 0, end = bytes.length): FeatureCell | null {
  if (start === end) return null;
  const number = readTag(bytes, start) >>> 3;
  if (number === field.null) return null;
  if (readableAs[kind].includes(number)) return readPayload(bytes, kind, number, skipVarint(bytes, start), end);
  throw new OnlineStoreError(
    "STORE_INVALID",
    `the online store holds member ${number} of feast.types.Value where a ${kind} should be; materialize the view in full`,
  );
}

function readPayload(bytes: Buffer, kind: FeatureKind, number: number, at: number, end: number): FeatureCell {
  switch (kind) {
    case "boolean":
      return bytes[at] === 1;
    case "int":
      return Number(readVarint(bytes, at));
    case "long":
    case "time":
      return readVarint(bytes, at);
    case "float":
    case "double":
      return number === field.float ? bytes.readFloatLE(at) : bytes.readDoubleLE(at);
    case "date":
    case "timestamp":
    case "timestamptz":
      return new Date(Number(readVarint(bytes, at)) * 1000);
    case "string":
    case "uuid":
    case "decimal":
      return bytes.toString("utf8", skipVarint(bytes, at), end);
    case "binary":
      return new Uint8Array(bytes.subarray(skipVarint(bytes, at), end));
  }
}

function tag(out: ByteWriter, number: number, type: number): void {
  out.uvarint((number << 3) | type);
}

/** The members of `Value` have numbers of one or two bytes. */
function readTag(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  return first < 0x80 ? first : (first & 0x7f) | ((bytes[at + 1] ?? 0) << 7);
}
