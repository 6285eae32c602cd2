import type { AvroCursor } from "./avro-cursor.ts";
import { branchOf, pairOf, type Reader } from "./avro-readers.ts";
import type { AvroType } from "./avro-type.ts";
import { countAt, longAt, type Skipper, skipperOf, skipVarint } from "./skip.ts";

/** Finds the value of one key in a map that begins at `position`; undefined where the key is missing, or the map is null. */
export type IntMapFinder<V> = (cursor: AvroCursor, position: number, key: number) => V | undefined;

/** Compiles a search in what Iceberg writes for a map with int keys, which decodes nothing but the value it finds. */
export function intMapFinder<V>(value: Reader<V>): (written: AvroType) => IntMapFinder<V> {
  return (written) => {
    if (written.kind === "null") return () => undefined;
    if (written.kind === "union") {
      const branches = written.branches.map(intMapFinder(value));
      return (cursor, position, key) => {
        const branch = branchOf(branches, cursor.moveTo(position));
        return branch(cursor, skipVarint(cursor.bytes, position), key);
      };
    }
    const [, valueType] = pairOf(written);
    const [skipValue, decode] = [skipperOf(valueType), value(valueType)];
    return (cursor, start, key) => {
      const position = findInBlocks(cursor.bytes, start, key, skipValue);
      return position === -1 ? undefined : decode(cursor.moveTo(position));
    };
  };
}

/** Where the value of the key begins; -1 where the key is missing. */
function findInBlocks(bytes: Uint8Array, start: number, key: number, skipValue: Skipper): number {
  let position = start;
  for (let count = countAt(bytes, position); count !== 0; count = countAt(bytes, position)) {
    position = skipVarint(bytes, position);
    // A negative count is followed by the block's size in bytes.
    if (count < 0) position = skipVarint(bytes, position);
    for (let left = Math.abs(count); left > 0; left--) {
      const value = skipVarint(bytes, position);
      if (longAt(bytes, position) === key) return value;
      position = skipValue(bytes, value);
    }
  }
  return -1;
}
