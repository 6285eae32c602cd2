import { gunzipSync, gzipSync } from "node:zlib";
import { IcebergError } from "../errors.ts";
import { type JsonValue, parseLongJson, stringifyJson } from "./json.ts";
import { JsonReader } from "./json-reader.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { parseTableMetadata, tableMetadataToJson } from "./table-metadata-json.ts";
import { tableProperties } from "./table-properties.ts";

/** A file that is longer than this when it is decompressed is taken for an attack. */
const maxLength = 256 * 1024 * 1024;

/**
 * Reads the bytes of a metadata file. Gzip is known by its magic bytes: file names follow two conventions.
 *
 * @throws IcebergError `METADATA_INVALID`, `UNSUPPORTED`
 */
export function decodeMetadataFile(bytes: Uint8Array, location: string): TableMetadata {
  return parseTableMetadata(new JsonReader(parseBytes(bytes, location)));
}

/** A metadata file, compressed when the table's properties ask for it; `text` is what {@link printMetadataFile} gives. */
export function encodeMetadataFile(metadata: TableMetadata, text = printMetadataFile(metadata)): Uint8Array {
  return tableProperties(metadata.properties).metadataCompression === "gzip" ? gzipSync(text) : text;
}

/** The text of a metadata file. */
export function printMetadataFile(metadata: TableMetadata): Uint8Array {
  return new TextEncoder().encode(stringifyJson(tableMetadataToJson(metadata)));
}

/** Where the next metadata file goes: `<metadata>/<version>-<uuid>.metadata.json`, one version after `previous`. */
export function nextMetadataLocation(metadata: TableMetadata, previous: string | undefined, uuid: string): string {
  const { metadataPath, metadataCompression } = tableProperties(metadata.properties);
  const folder = trimSlash(metadataPath ?? `${trimSlash(metadata.location)}/metadata`);
  const version = previous === undefined ? 0 : versionOf(previous) + 1;
  const extension = metadataCompression === "gzip" ? ".gz.metadata.json" : ".metadata.json";
  return `${folder}/${String(version).padStart(5, "0")}-${uuid}${extension}`;
}

function parseBytes(bytes: Uint8Array, location: string): JsonValue {
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return parseLongJson(new TextDecoder().decode(isGzip ? gunzipSync(bytes, { maxOutputLength: maxLength }) : bytes));
  } catch (cause) {
    throw new IcebergError("METADATA_INVALID", `${location} is not JSON`, { cause, context: { location } });
  }
}

/** `00012-<uuid>.metadata.json` and Hadoop's `v12.metadata.json`; other names start anew. */
function versionOf(location: string): number {
  const match = /\/v?(\d+)[-.][^/]*$/.exec(location);
  return match === null ? -1 : Number(match[1]);
}

function trimSlash(path: string): string {
  return path.replace(/\/+$/, "");
}
