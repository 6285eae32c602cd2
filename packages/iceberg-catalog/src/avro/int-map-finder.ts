import type { AvroCursor } from "./avro-cursor.ts";
import { branchOf, intReader, pairOf, type Reader } from "./avro-readers.ts";
import type { AvroType } from "./avro-type.ts";
import { skipperOf } from "./skip.ts";

/** Finds the value of one key in a map with int keys; undefined where the key is missing, or the map is null. */
export type IntMapFinder<V> = (cursor: AvroCursor, key: number) => V | undefined;

/** Compiles a search in a map with int keys that decodes nothing but the value it finds. */
export function intMapFinder<V>(value: Reader<V>): (written: AvroType) => IntMapFinder<V> {
  return (written) => {
    if (written.kind === "null") return () => undefined;
    if (written.kind === "union") {
      const branches = written.branches.map(intMapFinder(value));
      return (cursor, key) => branchOf(branches, cursor)(cursor, key);
    }
    const [keyType, valueType] = pairOf(written);
    const decodeKey = intReader(keyType);
    const decodeValue = value(valueType);
    const skipValue = skipperOf(valueType);
    const isNextValueOf = (cursor: AvroCursor, key: number): boolean => {
      const isFound = decodeKey(cursor) === key;
      if (!isFound) cursor.skipBy(skipValue);
      return isFound;
    };
    return (cursor, key) => (isAmong(cursor, (at) => isNextValueOf(at, key)) ? decodeValue(cursor) : undefined);
  };
}

/** Goes through a map's blocks up to the item that is wanted. */
function isAmong(cursor: AvroCursor, isWanted: (cursor: AvroCursor) => boolean): boolean {
  for (let count = cursor.readItemCount(); count !== 0; count = cursor.readItemCount()) {
    if (count < 0) cursor.readSize();
    for (let left = Math.abs(count); left > 0; left--) if (isWanted(cursor)) return true;
  }
  return false;
}
