import { inflateRawSync } from "node:zlib";
import { IcebergError } from "../errors.ts";
import { parseJson } from "../spec/json.ts";
import { decodeUtf8 } from "../spec/utf8.ts";
import { AvroCursor } from "./avro-cursor.ts";
import type { Reader } from "./avro-readers.ts";
import { parseAvroType } from "./avro-type.ts";
import { codecKey, containerMagic, schemaKey, syncMarkerLength } from "./container-format.ts";
import { readBlocks } from "./skip.ts";

/** A block that inflates beyond this is taken for an attack. */
const maxBlockLength = 256 * 1024 * 1024;

/** Yields the records of an Avro object container file. @throws IcebergError `DATA_INVALID`, `UNSUPPORTED` */
export function* readContainer<T>(bytes: Uint8Array, reader: Reader<T>): Generator<T> {
  const cursor = new AvroCursor(bytes);
  expectBytes(cursor, containerMagic, "this is not an Avro file");
  const metadata = readMetadata(cursor);
  const decompress = decompressorOf(decodeUtf8(metadata.get(codecKey) ?? new Uint8Array()));
  const decode = reader(parseAvroType(parseSchema(metadata.get(schemaKey))));
  const syncMarker = cursor.readFixed(syncMarkerLength);

  while (cursor.remaining > 0) {
    const count = Number(cursor.readLong());
    const block = new AvroCursor(decompress(cursor.readBytes()));
    if (count < 0 || count > block.remaining) throw invalid(`a block claims ${count} records`);
    for (let left = count; left > 0; left--) yield decode(block);
    if (block.remaining > 0) throw invalid("a block has bytes after its last record");
    expectBytes(cursor, syncMarker, "a block does not end in the sync marker");
  }
}

function readMetadata(cursor: AvroCursor): ReadonlyMap<string, Uint8Array> {
  const metadata = new Map<string, Uint8Array>();
  readBlocks(cursor, () => metadata.set(cursor.readString(), cursor.readBytes()));
  return metadata;
}

function parseSchema(bytes: Uint8Array | undefined) {
  if (bytes === undefined) throw invalid("the schema is missing");
  try {
    return parseJson(decodeUtf8(bytes));
  } catch (cause) {
    throw invalid("the schema is not JSON", cause);
  }
}

function decompressorOf(codec: string): (bytes: Uint8Array) => Uint8Array {
  switch (codec) {
    case "":
    case "null":
      return (bytes) => bytes;
    case "deflate":
      return inflate;
    default:
      throw new IcebergError(
        "UNSUPPORTED",
        `the Avro codec "${codec}" is not supported; rewrite the manifests with the codec "gzip"`,
      );
  }
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maxBlockLength });
  } catch (cause) {
    throw invalid("a block cannot be inflated", cause);
  }
}

function expectBytes(cursor: AvroCursor, expected: Uint8Array, complaint: string): void {
  if (Buffer.compare(cursor.readFixed(expected.length), expected) !== 0) throw invalid(complaint);
}

const invalid = (complaint: string, cause?: unknown): IcebergError =>
  new IcebergError("DATA_INVALID", `invalid Avro file: ${complaint}`, { cause });
