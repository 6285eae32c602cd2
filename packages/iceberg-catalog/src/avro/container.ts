import { IcebergError } from "../errors.ts";
import { decodeUtf8 } from "../spec/utf8.ts";
import { AvroCursor } from "./avro-cursor.ts";
import type { AvroType } from "./avro-type.ts";
import { decompressorOf } from "./codecs.ts";
import { codecKey, containerMagic, schemaKey, syncMarkerLength } from "./container-format.ts";
import { readBlocks } from "./read-blocks.ts";
import { writerSchema } from "./writer-schema.ts";

/** An Avro object container file whose header has been read. */
export interface AvroContainer {
  /** What the writer put into the header besides the schema and the codec. */
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  readonly type: AvroType;
  /** Decompressed one by one. @throws IcebergError `DATA_INVALID` */
  readonly blocks: Iterable<AvroBlock>;
}

/** Some records, one after the other. */
export interface AvroBlock {
  readonly count: number;
  readonly bytes: Uint8Array;
  /** What it takes in memory. */
  readonly byteLength: number;
}

/** @throws IcebergError `DATA_INVALID`, `UNSUPPORTED` */
export function openContainer(bytes: Uint8Array): AvroContainer {
  const cursor = new AvroCursor(bytes);
  expectBytes(cursor, containerMagic, "this is not an Avro file");
  const metadata = new Map<string, Uint8Array>();
  readBlocks(cursor, () => metadata.set(cursor.readString(), cursor.readBytes()));
  const schema = metadata.get(schemaKey);
  if (schema === undefined) throw invalid("the schema is missing");
  const type = writerSchema(decodeUtf8(schema));
  const decompress = decompressorOf(decodeUtf8(metadata.get(codecKey) ?? new Uint8Array()));
  const syncMarker = cursor.readFixed(syncMarkerLength);

  function* blocks(): Generator<AvroBlock> {
    const start = bytes.length - cursor.remaining;
    const from = new AvroCursor(bytes).moveTo(start);
    while (from.remaining > 0) {
      const count = from.readCount();
      const block = decompress(from.viewFixed(from.readSize()));
      if (count < 0 || count > block.length) throw invalid(`a block claims ${count} records`);
      yield { count, bytes: block, byteLength: block.length };
      expectBytes(from, syncMarker, "a block does not end in the sync marker");
    }
  }
  return { metadata, type, blocks: { [Symbol.iterator]: blocks } };
}

function expectBytes(cursor: AvroCursor, expected: Uint8Array, complaint: string): void {
  if (Buffer.compare(cursor.viewFixed(expected.length), expected) !== 0) throw invalid(complaint);
}

const invalid = (complaint: string): IcebergError =>
  new IcebergError("DATA_INVALID", `invalid Avro file: ${complaint}`);
