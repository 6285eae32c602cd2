import type { JoinKey } from "@icecore/feature-registry";
import type { BatchColumn } from "../arrow/batch-column.ts";
import { ByteWriter } from "./byte-writer.ts";
import { remembered } from "./remembered.ts";
import { secondsOf } from "./timestamp.ts";

/** The value of a join key: text, int as number, long as bigint or safe number, timestamptz as Date, binary as bytes. */
export type KeyValue = string | number | bigint | Date | Uint8Array;

/** The values of one column by row. */
export type Cells<T> = (row: number) => T | null;

/**
 * Feast's serialization of the join keys of one entity, version 3: the number of join keys, their names in code point
 * order, then per value in that order its type, length and bytes. A timestamp keeps its whole seconds only, as in Feast:
 * entities that differ by less are one.
 */
export type EntityKey = Buffer;

/**
 * How the keys of a view's rows look in a store: the values of an entity key between a prefix and a suffix. What an
 * entity key begins with, the names of the join keys, is the same for all entities of a view.
 */
export interface KeyForm {
  readonly joinKeys: readonly JoinKey[];
  readonly prefix: Buffer;
  readonly suffix: Buffer;
}

const stringType = 2;
const valueTypes = { binary: 1, string: stringType, int: 3, long: 4, timestamptz: 8 } as const;

/** Writes the bytes of a join key's value of a row; false, and nothing, when it is null. */
export type KeyWriter = (out: ByteWriter, row: number) => boolean;

/** The keys of the entities that these values name; a row with a null has none. `columns` go with `joinKeys`. */
export function encodeEntityKeys(
  joinKeys: readonly JoinKey[],
  columns: readonly Cells<KeyValue>[],
  rowCount: number,
): (EntityKey | undefined)[] {
  const writers = joinKeys.map(({ type }, i) => cellWriter(type, columns[i] as Cells<KeyValue>));
  const encode = entityKeyWriter(joinKeys, writers, namesWriter(joinKeys), nothing);
  const out = new ByteWriter();
  const ends: number[] = [];
  for (let row = 0; row < rowCount; row++) ends.push(encode(out, row) ? out.length : -1);
  let start = 0;
  return ends.map((end) => {
    if (end < 0) return undefined;
    const key = out.view(start, end);
    start = end;
    return key;
  });
}

/** Writes a store's keys of a batch's rows, one by one; false, and nothing, for a row with a null. */
export function batchKeyWriter({ joinKeys, prefix, suffix }: KeyForm, columns: readonly BatchColumn[]): KeyWriter {
  const writers = joinKeys.map(({ type }, i) => columnWriter(type, columns[i] as BatchColumn));
  return entityKeyWriter(joinKeys, writers, holding(prefix), holding(suffix));
}

function entityKeyWriter(
  joinKeys: readonly JoinKey[],
  writers: readonly KeyWriter[],
  prefix: ByteWriter,
  suffix: ByteWriter,
): KeyWriter {
  const sorted = sortedOrder(joinKeys).map((i) => ({
    type: valueTypes[(joinKeys[i] as JoinKey).type],
    write: writers[i] as KeyWriter,
  }));
  return (out, row) => {
    const start = out.length;
    out.append(prefix);
    for (const { type, write } of sorted) {
      out.u32(type);
      const valueStart = out.beginU32();
      if (!write(out, row)) {
        out.truncate(start);
        return false;
      }
      out.endU32(valueStart);
    }
    out.append(suffix);
    return true;
  };
}

function cellWriter(type: JoinKey["type"], cells: Cells<KeyValue>): KeyWriter {
  const write = valueWriter(type);
  return (out, row) => {
    const value = cells(row);
    if (value === null) return false;
    write(out, value);
    return true;
  };
}

function valueWriter(type: JoinKey["type"]): (out: ByteWriter, value: KeyValue) => void {
  switch (type) {
    case "string":
      return (out, value) => out.utf8(value as string);
    case "binary":
      return (out, value) => out.bytes(value as Uint8Array);
    case "int":
      return (out, value) => out.i32(value as number);
    case "long":
      return (out, value) => {
        if (typeof value === "number") writeInteger(out, value);
        else out.i64(value as bigint);
      };
    case "timestamptz":
      return (out, value) => out.i64(BigInt(Math.floor((value as Date).getTime() / 1000)));
  }
}

function columnWriter(type: JoinKey["type"], column: BatchColumn): KeyWriter {
  const write = columnValueWriter(type, column);
  return (out, row) => {
    if (!column.valid(row)) return false;
    write(out, row);
    return true;
  };
}

function columnValueWriter(
  type: JoinKey["type"],
  { words, bytes, offsets }: BatchColumn,
): (out: ByteWriter, row: number) => void {
  switch (type) {
    case "string":
    case "binary":
      return (out, row) => out.slice(bytes, offsets[row] as number, offsets[row + 1] as number);
    case "int":
      return (out, row) => out.i32(words[row] as number);
    case "long":
      return (out, row) => {
        out.i32(words[row * 2] as number);
        out.i32(words[row * 2 + 1] as number);
      };
    case "timestamptz":
      return (out, row) => {
        writeInteger(out, secondsOf(words[row * 2] as number, words[row * 2 + 1] as number));
      };
  }
}

/** A whole number that a double holds exactly, in 64 bits. */
function writeInteger(out: ByteWriter, value: number): void {
  out.u32((value % 0x1_0000_0000) >>> 0);
  out.i32(Math.floor(value / 0x1_0000_0000));
}

/** The bytes that the keys of all entities with these join keys begin with. */
export function entityKeyPrefix(joinKeys: readonly JoinKey[]): Buffer {
  return namesWriter(joinKeys).view();
}

const namesWriter = remembered((joinKeys: readonly JoinKey[]): ByteWriter => {
  const names = joinKeys.map((joinKey) => joinKey.name).sort(compareNames);
  const out = new ByteWriter();
  out.u32(names.length);
  for (const name of names) {
    out.u32(stringType);
    const start = out.beginU32();
    out.utf8(name);
    out.endU32(start);
  }
  return out;
});

/** A writer that has written these bytes. */
function holding(bytes: Buffer): ByteWriter {
  const out = new ByteWriter(bytes.length);
  out.bytes(bytes);
  return out;
}

const nothing = new ByteWriter(0);

/** The bytes of the values of entity keys: by join key, then by entity. */
export function keyColumns(joinKeys: readonly JoinKey[], keys: readonly EntityKey[]): Buffer[][] {
  const order = sortedOrder(joinKeys);
  const prefix = entityKeyPrefix(joinKeys).length;
  const columns = joinKeys.map((): Buffer[] => []);
  for (const key of keys) {
    let at = prefix;
    for (const i of order) {
      const start = at + 8;
      at = start + key.readUInt32LE(at + 4);
      columns[i]?.push(key.subarray(start, at));
    }
  }
  return columns;
}

const sortedOrder = remembered((joinKeys: readonly JoinKey[]): readonly number[] =>
  joinKeys.map((_, i) => i).sort((a, b) => compareNames(joinKeys[a]?.name, joinKeys[b]?.name)),
);

/** Python's order of text, which is by code point; JavaScript's own is by UTF-16 unit. */
function compareNames(a = "", b = ""): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
