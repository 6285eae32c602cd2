import type { JsonObject } from "../spec/json.ts";
import type { JsonReader } from "../spec/json-reader.ts";
import { parseTableMetadata, tableMetadataToJson } from "../spec/table-metadata-json.ts";
import type { LoadedTable } from "./catalog.ts";
import { parseStorageConfig, parseStorageCredentials } from "./storage-credentials-json.ts";

/** Reads the answer to load, create, register and commit. */
export function parseLoadedTable(json: JsonReader): LoadedTable {
  return {
    metadata: parseTableMetadata(json.field("metadata")),
    metadataLocation: json.field("metadata-location").string(),
    config: parseStorageConfig(json.optional("config")),
    storageCredentials: parseStorageCredentials(json),
  };
}

/** The answer of a catalog that vends no credentials. */
export function loadedTableToJson(table: LoadedTable): JsonObject {
  return {
    "metadata-location": table.metadataLocation,
    metadata: tableMetadataToJson(table.metadata),
    config: table.config,
  };
}
