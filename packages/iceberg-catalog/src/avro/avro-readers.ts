import { IcebergError } from "../errors.ts";
import type { AvroCursor } from "./avro-cursor.ts";
import type { AvroType } from "./avro-type.ts";
import { readBlocks, skipperOf } from "./skip.ts";

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
    return (cursor) => {
      const branch = branches[cursor.readInt()];
      if (branch === undefined) throw new IcebergError("DATA_INVALID", "an Avro union has no such branch");
      return branch(cursor);
    };
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
    const pair = written.kind === "array" ? written.items : written;
    if (pair.kind !== "record" || pair.fields.length !== 2) return refuse("a map with int keys", written);
    const [keyField, valueField] = pair.fields as [(typeof pair.fields)[0], (typeof pair.fields)[0]];
    const decodeKey = intReader(keyField.type);
    const decodeValue = value(valueField.type);
    if (wanted?.size === 0) return skipToEmptyMap(written);
    const skipValue = skipperOf(valueField.type);
    return (cursor) => {
      const map = new Map<K, V>();
      readBlocks(cursor, () => {
        const key = decodeKey(cursor) as K;
        if (wanted === undefined || wanted.has(key)) map.set(key, decodeValue(cursor));
        else skipValue(cursor);
      });
      return map;
    };
  };
}

function skipToEmptyMap<K, V>(written: AvroType): Decoder<ReadonlyMap<K, V>> {
  const empty: ReadonlyMap<K, V> = new Map();
  const skip = skipperOf(written);
  return (cursor) => {
    skip(cursor);
    return empty;
  };
}

export function refuse(wanted: string, written: AvroType): never {
  throw new IcebergError("DATA_INVALID", `expected ${wanted} in an Avro file, which has ${written.kind}`);
}
