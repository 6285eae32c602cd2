import { IcebergError } from "../errors.ts";
import { AvroCursor } from "./avro-cursor.ts";
import type { Reader } from "./avro-readers.ts";
import { type AvroContainer, openContainer } from "./container.ts";

/** Yields the records of an Avro object container file. @throws IcebergError `DATA_INVALID`, `UNSUPPORTED` */
export function readContainer<T>(bytes: Uint8Array, reader: Reader<T>): Generator<T> {
  return readRecords(openContainer(bytes), reader);
}

/** Yields the records of a container that is open. @throws IcebergError `DATA_INVALID` */
export function* readRecords<T>({ type, blocks }: AvroContainer, reader: Reader<T>): Generator<T> {
  const decode = reader(type);
  for (const { count, bytes } of blocks) {
    const block = new AvroCursor(bytes);
    for (let left = count; left > 0; left--) yield decode(block);
    if (block.remaining > 0) {
      throw new IcebergError("DATA_INVALID", "invalid Avro file: a block has bytes after its last record");
    }
  }
}
