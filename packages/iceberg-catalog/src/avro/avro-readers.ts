import { IcebergError } from "../errors.ts";
import type { AvroCursor } from "./avro-cursor.ts";
import type { AvroType } from "./avro-type.ts";
import { readBlocks } from "./read-blocks.ts";
import { skipperOf } from "./skip.ts";

/** Reads one value at the cursor. */
export type Decoder<T> = (cursor: AvroCursor) => T;

/** Compiles a decoder for what the writer wrote: the types are looked at once per file, not once per value. */
export type Reader<T> = (written: AvroType) => Decoder<T>;

export const longReader: Reader<bigint> = (written) =>
  written.kind === "long" || written.kind === "int" ? (cursor) => cursor.readLong() : refuse("a long", written);

export const intReader: Reader<number> = (written) =>
  written.kind === "int" || written.kind === "long" ? (cursor) => cursor.readInt() : refuse("an int", written);

export const booleanReader: Reader<boolean> = (written) =>
  written.kind === "boolean" ? (cursor) => cursor.readBoolean() : refuse("a boolean", written);

export const stringReader: Reader<string> = (written) =>
  written.kind === "string" || written.kind === "bytes" ? (cursor) => cursor.readString() : refuse("a string", written);

export const bytesReader: Reader<Uint8Array> = (written) => {
  if (written.kind === "fixed") return (cursor) => cursor.readFixed(written.size);
  return written.kind === "bytes" || written.kind === "string"
    ? (cursor) => cursor.readBytes()
    : refuse("bytes", written);
};

/** Unwraps unions: null is undefined, every other branch is read by its own type. */
export function optionalReader<T>(reader: Reader<T>): Reader<T | undefined> {
  return (written) => {
    if (written.kind === "null") return () => undefined;
    if (written.kind !== "union") return reader(written);
    const branches = written.branches.map(optionalReader(reader));
    return (cursor) => branchOf(branches, cursor)(cursor);
  };
}

export function arrayReader<T>(item: Reader<T>): Reader<readonly T[]> {
  return (written) => {
    if (written.kind !== "array") return refuse("an array", written);
    const decode = item(written.items);
    return (cursor) => {
      const items: T[] = [];
      readBlocks(cursor, () => items.push(decode(cursor)));
      return items;
    };
  };
}

/** A map with int keys, which Iceberg writes as an array of pairs. Only the values of `wanted` keys are decoded. */
export function intMapReader<K extends number, V>(
  value: Reader<V>,
  wanted?: ReadonlySet<K>,
): Reader<ReadonlyMap<K, V>> {
  return (written) => {
    const [keyType, valueType] = pairOf(written);
    const decodeKey = intReader(keyType);
    const decodeValue = value(valueType);
    const skipValue = skipperOf(valueType);
    return (cursor) => {
      const map = new Map<K, V>();
      readBlocks(cursor, () => {
        const key = decodeKey(cursor) as K;
        if (wanted === undefined || wanted.has(key)) map.set(key, decodeValue(cursor));
        else cursor.skipBy(skipValue);
      });
      return map;
    };
  };
}

/** The branch of a union that comes next. @throws IcebergError `DATA_INVALID` */
export function branchOf<T>(branches: readonly T[], cursor: AvroCursor): T {
  const branch = branches[cursor.readInt()];
  if (branch === undefined) throw new IcebergError("DATA_INVALID", "an Avro union has no such branch");
  return branch;
}

/** The types of the keys and the values of a map that is written as an array of pairs. @throws IcebergError `DATA_INVALID` */
export function pairOf(written: AvroType): readonly [AvroType, AvroType] {
  const pair = written.kind === "array" ? written.items : written;
  const [key, value] = pair.kind === "record" ? pair.fields : [];
  if (pair.kind !== "record" || pair.fields.length !== 2 || key === undefined || value === undefined) {
    return refuse("a map with int keys", written);
  }
  return [key.type, value.type];
}

export function refuse(wanted: string, written: AvroType): never {
  throw new IcebergError("DATA_INVALID", `expected ${wanted} in an Avro file, which has ${written.kind}`);
}
