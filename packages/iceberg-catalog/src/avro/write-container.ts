import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { type JsonValue, stringifyJson } from "../spec/json.ts";
import { AvroBuffer } from "./avro-buffer.ts";
import type { AvroEncoding } from "./avro-encodings.ts";
import { codecKey, containerMagic, schemaKey, syncMarkerLength } from "./container-format.ts";

/**
 * Blocks are closed at about this many bytes before compression. Avro's own writers close them at a quarter of it; but each
 * costs a reader as much to set its decompression up as a good part of the decompression itself.
 */
const blockLength = 256_000;

/** The bytes of an Avro object container file, deflated. Equal input gives equal bytes. */
export function writeContainer<T>(
  encoding: AvroEncoding<T>,
  metadata: Readonly<Record<string, string>>,
  records: Iterable<T>,
): Uint8Array {
  const header = writeHeader(encoding.schema, metadata);
  // The marker only has to be unlikely inside a block; taken from the header it keeps the file reproducible.
  const syncMarker = createHash("sha256").update(header).digest().subarray(0, syncMarkerLength);

  const file = new AvroBuffer();
  file.writeFixed(header);
  file.writeFixed(syncMarker);
  let block = new AvroBuffer();
  let count = 0;
  const closeBlock = (): void => {
    if (count === 0) return;
    file.writeInt(count);
    file.writeBytes(deflateRawSync(block.toBytes()));
    file.writeFixed(syncMarker);
    block = new AvroBuffer();
    count = 0;
  };
  for (const record of records) {
    encoding.write(block, record);
    count++;
    if (block.length >= blockLength) closeBlock();
  }
  closeBlock();
  return file.toBytes();
}

function writeHeader(schema: JsonValue, metadata: Readonly<Record<string, string>>): Uint8Array {
  const header = new AvroBuffer();
  header.writeFixed(containerMagic);
  const entries = Object.entries({
    [schemaKey]: stringifyJson(defineNamesOnce(schema)),
    [codecKey]: "deflate",
    ...metadata,
  });
  header.writeInt(entries.length);
  for (const [key, value] of entries) {
    header.writeString(key);
    header.writeString(value);
  }
  header.writeInt(0);
  return header.toBytes();
}

/** Avro wants a named type spelled out at its first use and named at the others. */
function defineNamesOnce(schema: JsonValue): JsonValue {
  const defined = new Set<string>();
  const visit = (node: JsonValue): JsonValue => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    if ("type" in node && (node["type"] === "fixed" || node["type"] === "record")) {
      const name = String(node["name"]);
      if (defined.has(name)) return name;
      defined.add(name);
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value ?? null)]));
  };
  return visit(schema);
}
