import type { AvroCursor } from "./avro-cursor.ts";

/** Calls `item` for each item of an array or a map. A negative count is followed by the block's size in bytes. */
export function readBlocks(cursor: AvroCursor, item: () => void): void {
  for (let count = cursor.readItemCount(); count !== 0; count = cursor.readItemCount()) {
    if (count < 0) cursor.readSize();
    for (let left = Math.abs(count); left > 0; left--) item();
  }
}
