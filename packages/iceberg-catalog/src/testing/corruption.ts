import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { AvroBuffer } from "../avro/avro-buffer.ts";
import { AvroCursor } from "../avro/avro-cursor.ts";
import { codecKey, containerMagic, syncMarkerLength } from "../avro/container-format.ts";
import { readBlocks } from "../avro/read-blocks.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";

type Mutation = (bytes: readonly number[]) => readonly number[];

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const position = (bytes: readonly number[], where: number): number => Math.floor(where * bytes.length);
const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(at, byte).map(
    ([where, value]): Mutation =>
      (bytes) =>
        bytes.toSpliced(position(bytes, where), 1, value),
  ),
  fc.tuple(at, fc.integer({ min: 0, max: 20 }), fc.array(byte, { maxLength: 12 })).map(
    ([where, count, added]): Mutation =>
      (bytes) =>
        bytes.toSpliced(position(bytes, where), count, ...added),
  ),
  fc.tuple(at).map(
    ([where]): Mutation =>
      (bytes) =>
        bytes.slice(0, position(bytes, where) + 1),
  ),
);

/** The bytes with a few of them changed, put in, taken out or cut off. */
export function corrupted(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .array(mutation, { minLength: 1, maxLength: 4 })
    .map((mutations) => Uint8Array.from(mutations.reduce<readonly number[]>((all, mutate) => mutate(all), [...bytes])));
}

const oddValues: readonly JsonValue[] = [
  ...[
    null,
    true,
    "",
    "-1",
    "bucket[0]",
    "decimal(99,99)",
    "fixed[99999999999]",
    0n,
    -1n,
    2n ** 31n,
    2n ** 63n,
    0.5,
    1e300,
  ],
  ...[[], {}, [null], [[]], { type: "list" }, { type: "struct", fields: [{}] }],
];

/** The JSON with one value, wherever it is, replaced by another. */
export function corruptedJson(json: JsonValue): fc.Arbitrary<JsonValue> {
  const paths = pathsIn(json).slice(1);
  const odd = fc.oneof(
    fc.constantFrom(...oddValues),
    fc.constantFrom(...paths).map((path) => valueAt(json, path)),
  );
  return fc
    .array(fc.tuple(fc.constantFrom(...paths), odd), { minLength: 1, maxLength: 2 })
    .map((changes) => changes.reduce((changed, [path, value]) => replaced(changed, path, value), json));
}

type Path = readonly string[];

const isNode = (value: JsonValue | undefined): value is JsonObject => typeof value === "object" && value !== null;

function pathsIn(json: JsonValue | undefined): readonly Path[] {
  const below = isNode(json) ? Object.entries(json) : [];
  return [[], ...below.flatMap(([key, value]) => pathsIn(value).map((path) => [key, ...path]))];
}

function valueAt(json: JsonValue, path: Path): JsonValue {
  return path.reduce<JsonValue>((value, key) => (isNode(value) ? (value[key] ?? null) : null), json);
}

function replaced(json: JsonValue, [key, ...rest]: Path, value: JsonValue): JsonValue {
  if (key === undefined) return value;
  if (!isNode(json)) return json;
  const child = replaced(json[key] ?? null, rest, value);
  return Array.isArray(json) ? json.map((item, i) => (String(i) === key ? child : item)) : { ...json, [key]: child };
}

/** An Avro file with its blocks inflated, so that corruption gets past the checks of the compression. */
export function withoutCompression(file: Uint8Array): Uint8Array {
  const cursor = new AvroCursor(file);
  const plain = new AvroBuffer();
  plain.writeFixed(cursor.readFixed(containerMagic.length));
  readBlocks(cursor, () => {
    const key = cursor.readString();
    const value = cursor.readBytes();
    if (key === codecKey) return;
    plain.writeInt(1);
    plain.writeString(key);
    plain.writeBytes(value);
  });
  plain.writeInt(0);
  plain.writeFixed(cursor.readFixed(syncMarkerLength));
  while (cursor.remaining > 0) {
    plain.writeLong(cursor.readLong());
    plain.writeBytes(inflateRawSync(cursor.readBytes()));
    plain.writeFixed(cursor.readFixed(syncMarkerLength));
  }
  return plain.toBytes();
}
