import { IcebergError } from "../errors.ts";
import type { AvroType } from "./avro-type.ts";

/**
 * Passes over a value without making anything of it: takes where it begins and gives where it ends, which lies beyond the
 * end of the bytes when the value is cut off.
 */
export type Skipper = (bytes: Uint8Array, position: number) => number;

/** Compiles a skipper. Most of a manifest is skipped, so what its statistics are made of has loops of its own. */
export function skipperOf(type: AvroType): Skipper {
  switch (type.kind) {
    case "int":
    case "long":
    case "enum":
      return skipVarint;
    case "bytes":
    case "string":
      return skipSized;
    case "array":
      return arraySkipper(type.items);
    case "map":
      return blockSkipper(itemSkipper(sequenceSkipper([skipSized, skipperOf(type.values)])));
    case "union":
      return unionSkipper(type.branches.map(skipperOf));
    case "record":
      return sequenceSkipper(type.fields.map((field) => skipperOf(field.type)));
    case "fixed":
      return fixedSkipper(type.size);
    default:
      return fixedSkipper(lengths[type.kind]);
  }
}

/** How many variable-length integers a value consists of; undefined when there is anything else in it. */
function varintsIn(type: AvroType): number | undefined {
  switch (type.kind) {
    case "int":
    case "long":
    case "enum":
      return 1;
    case "record":
      return type.fields.reduce<number | undefined>((sum, field) => add(sum, varintsIn(field.type)), 0);
    default:
      return undefined;
  }
}

const add = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

const lengths = { null: 0, boolean: 1, float: 4, double: 8 } as const;

const fixedSkipper =
  (length: number): Skipper =>
  (_, position) =>
    position + length;

/** Skips the items of a block, of which there are `count`. */
type ItemsSkipper = (bytes: Uint8Array, position: number, count: number) => number;

function arraySkipper(items: AvroType): Skipper {
  const varints = varintsIn(items);
  if (varints !== undefined)
    return blockSkipper((bytes, position, count) => skipVarints(bytes, position, count * varints));
  return blockSkipper(isIdWithBytes(items) ? skipIdsWithBytes : itemSkipper(skipperOf(items)));
}

/** What maps of bounds are made of. */
function isIdWithBytes(type: AvroType): boolean {
  if (type.kind !== "record" || type.fields.length !== 2) return false;
  const [key, value] = type.fields;
  return key?.type.kind === "int" && (value?.type.kind === "bytes" || value?.type.kind === "string");
}

/** A negative count is followed by the block's size in bytes. */
function blockSkipper(skipItems: ItemsSkipper): Skipper {
  return (bytes, start) => {
    let position = start;
    for (;;) {
      const count = countAt(bytes, position);
      position = skipVarint(bytes, position);
      if (count === 0) return position;
      if (count < 0) position = skipSized(bytes, position);
      else position = skipItems(bytes, position, count);
    }
  };
}

const itemSkipper =
  (skip: Skipper): ItemsSkipper =>
  (bytes, start, count) => {
    let position = start;
    for (let left = count; left > 0 && position <= bytes.length; left--) position = skip(bytes, position);
    return position;
  };

function sequenceSkipper(skippers: readonly Skipper[]): Skipper {
  const [first, second] = skippers;
  if (first !== undefined && second !== undefined && skippers.length === 2) {
    return (bytes, position) => second(bytes, first(bytes, position));
  }
  return (bytes, start) => {
    let position = start;
    for (const skip of skippers) position = skip(bytes, position);
    return position;
  };
}

function unionSkipper(branches: readonly Skipper[]): Skipper {
  return (bytes, position) => {
    const branch = branches[longAt(bytes, position)];
    if (branch === undefined) throw new IcebergError("DATA_INVALID", "an Avro union has no such branch");
    return branch(bytes, skipVarint(bytes, position));
  };
}

/** Items take at least a byte each, so that a count beyond the bytes that are left is a lie. */
export function countAt(bytes: Uint8Array, position: number): number {
  const count = longAt(bytes, position);
  const left = bytes.length - position;
  if (Math.abs(count) > left) {
    throw new IcebergError("DATA_INVALID", `an Avro block claims ${count} items in ${Math.max(0, left)} bytes`);
  }
  return count;
}

/** A long that is exact below 2^52, and beyond that at least as large, so that whoever counts with it refuses it. */
export function longAt(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  if (first < 0x80) return (first >>> 1) ^ -(first & 1);
  let value = first & 0x7f;
  let position = start + 1;
  for (let scale = 128; ; scale *= 128) {
    const byte = bytes[position++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

export function skipVarint(bytes: Uint8Array, start: number): number {
  let position = start;
  while ((bytes[position++] ?? 0) >= 0x80) {}
  return position;
}

function skipVarints(bytes: Uint8Array, start: number, count: number): number {
  let position = start;
  for (let left = count; left > 0; ) if ((bytes[position++] ?? 0) < 0x80) left--;
  return position;
}

function skipSized(bytes: Uint8Array, position: number): number {
  return skipVarint(bytes, position) + sizeAt(bytes, position);
}

function skipIdsWithBytes(bytes: Uint8Array, start: number, count: number): number {
  let position = start;
  for (let left = count; left > 0 && position <= bytes.length; left--) {
    const id = bytes[position] ?? 0;
    const size = bytes[position + 1] ?? 0;
    // Bounds are the most of a manifest, and nearly always an id and a size of a byte each; negative sizes are odd.
    if (id < 0x80 && size < 0x80 && size % 2 === 0) position += 2 + size / 2;
    else position = skipSized(bytes, skipVarint(bytes, position));
  }
  return position;
}

function sizeAt(bytes: Uint8Array, position: number): number {
  const size = longAt(bytes, position);
  if (size < 0 || size > bytes.length) throw truncated(size, Math.max(0, bytes.length - position));
  return size;
}

export const truncated = (wanted: number, remaining: number): IcebergError =>
  new IcebergError("DATA_INVALID", `Avro data asks for ${wanted} bytes where ${remaining} are left`);
