import type { JoinKey } from "@icecore/feature-registry";
import { ByteWriter } from "./byte-writer.ts";

/** The value of a join key: text, int as number, long as bigint, timestamptz as Date, binary as bytes. */
export type KeyValue = string | number | bigint | Date | Uint8Array;

/** The values of one column by row. */
export type Cells<T> = (row: number) => T | null;

/** Feast's serialization of the join keys of one entity; see {@link encodeEntityKeys}. */
export type EntityKey = Buffer;

const stringType = 2;
const valueTypes = { binary: 1, string: stringType, int: 3, long: 4, timestamptz: 8 } as const;

/**
 * Feast's entity keys, serialization version 3: the number of join keys, their names in code point order, then per
 * value in that order its type, length and bytes. A timestamp keeps its whole seconds only, as in Feast: entities
 * that differ by less are one. A row with a null has no key.
 */
export function encodeEntityKeys(
  joinKeys: readonly JoinKey[],
  columns: readonly Cells<KeyValue>[],
  firstRow: number,
  endRow: number,
): (EntityKey | undefined)[] {
  const sorted = sortedOrder(joinKeys).map((i) => ({
    joinKey: joinKeys[i] as JoinKey,
    cells: columns[i] as Cells<KeyValue>,
  }));
  const prefix = entityKeyPrefix(joinKeys);
  const out = new ByteWriter();
  const ends: number[] = [];
  for (let row = firstRow; row < endRow; row++) {
    const start = out.length;
    out.bytes(prefix);
    const whole = sorted.every(({ joinKey, cells }) => writeKeyValue(out, joinKey, cells(row)));
    ends.push(whole ? out.length : -1);
    if (!whole) out.truncate(start);
  }
  return sliceKeys(out.view(), ends);
}

/** The bytes that the keys of all entities with these join keys begin with. */
export function entityKeyPrefix(joinKeys: readonly JoinKey[]): Buffer {
  const names = joinKeys.map((joinKey) => joinKey.name).sort(compareNames);
  const out = new ByteWriter();
  out.u32(names.length);
  for (const name of names) {
    out.u32(stringType);
    const start = out.beginU32();
    out.utf8(name);
    out.endU32(start);
  }
  return out.view();
}

/** Where the entity key that `bytes` begin with ends; undefined when they begin with none. */
export function entityKeyEnd(bytes: Buffer): number | undefined {
  const parts = bytes.length < 4 ? 0 : bytes.readUInt32LE(0) * 2;
  let at = 4;
  for (let part = 0; part < parts; part++) {
    if (at + 8 > bytes.length) return undefined;
    at += 8 + bytes.readUInt32LE(at + 4);
  }
  return at > bytes.length ? undefined : at;
}

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

/** The key of an entity's hash in Redis, shared by all views with its join keys. */
export function redisKey(entityKey: EntityKey, project: string): Buffer {
  return Buffer.concat([entityKey, Buffer.from(project)]);
}

function writeKeyValue(out: ByteWriter, joinKey: JoinKey, value: KeyValue | null): boolean {
  if (value === null) return false;
  out.u32(valueTypes[joinKey.type]);
  const start = out.beginU32();
  switch (joinKey.type) {
    case "string":
      out.utf8(value as string);
      break;
    case "binary":
      out.bytes(value as Uint8Array);
      break;
    case "int":
      out.i32(value as number);
      break;
    case "long":
      out.i64(value as bigint);
      break;
    case "timestamptz":
      out.i64(BigInt(Math.floor((value as Date).getTime() / 1000)));
      break;
    default:
      joinKey.type satisfies never;
  }
  out.endU32(start);
  return true;
}

function sliceKeys(bytes: Buffer, ends: readonly number[]): (EntityKey | undefined)[] {
  let start = 0;
  return ends.map((end) => {
    if (end < 0) return undefined;
    const key = bytes.subarray(start, end);
    start = end;
    return key;
  });
}

function sortedOrder(joinKeys: readonly JoinKey[]): number[] {
  return joinKeys.map((_, i) => i).sort((a, b) => compareNames(joinKeys[a]?.name, joinKeys[b]?.name));
}

/** Python's order of text, which is by code point; JavaScript's own is by UTF-16 unit. */
function compareNames(a = "", b = ""): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
