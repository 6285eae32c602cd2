import { IcebergError } from "../errors.ts";
import type { AvroCursor } from "./avro-cursor.ts";
import type { AvroType } from "./avro-type.ts";

/** Compiles a decoder that passes over a value without making anything of it. */
export function skipperOf(type: AvroType): (cursor: AvroCursor) => void {
  switch (type.kind) {
    case "null":
      return () => {};
    case "boolean":
      return (cursor) => cursor.skip(1);
    case "int":
    case "long":
    case "enum":
      return (cursor) => cursor.skipVarint();
    case "float":
      return (cursor) => cursor.skip(4);
    case "double":
      return (cursor) => cursor.skip(8);
    case "bytes":
    case "string":
      return skipSized;
    case "fixed":
      return (cursor) => cursor.skip(type.size);
    case "array":
      return blockSkipper(skipperOf(type.items));
    case "map": {
      const skipValue = skipperOf(type.values);
      return blockSkipper((cursor) => {
        skipSized(cursor);
        skipValue(cursor);
      });
    }
    case "union": {
      const branches = type.branches.map(skipperOf);
      return (cursor) => {
        const branch = branches[cursor.readInt()];
        if (branch === undefined) throw new IcebergError("DATA_INVALID", "an Avro union has no such branch");
        branch(cursor);
      };
    }
    case "record": {
      const fields = type.fields.map((field) => skipperOf(field.type));
      return (cursor) => {
        for (const skip of fields) skip(cursor);
      };
    }
  }
}

/** Calls `item` for each item of an array or a map. A negative count is followed by the block's size in bytes. */
export function readBlocks(cursor: AvroCursor, item: () => void): void {
  for (let count = readCount(cursor); count !== 0; count = readCount(cursor)) {
    if (count < 0) cursor.readSize();
    for (let left = Math.abs(count); left > 0; left--) item();
  }
}

const blockSkipper =
  (skipItem: (cursor: AvroCursor) => void) =>
  (cursor: AvroCursor): void => {
    for (let count = readCount(cursor); count !== 0; count = readCount(cursor)) {
      if (count < 0) cursor.skip(cursor.readSize());
      else for (let left = count; left > 0; left--) skipItem(cursor);
    }
  };

/** Items take at least a byte each, so that a count beyond the bytes that are left is a lie. */
function readCount(cursor: AvroCursor): number {
  const count = cursor.readCount();
  if (Math.abs(count) > cursor.remaining) {
    throw new IcebergError("DATA_INVALID", `an Avro block claims ${count} items in ${cursor.remaining} bytes`);
  }
  return count;
}

const skipSized = (cursor: AvroCursor): void => cursor.skip(cursor.readSize());
