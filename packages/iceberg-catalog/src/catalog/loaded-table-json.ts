import type { JsonObject } from "../spec/json.ts";
import type { JsonReader } from "../spec/json-reader.ts";
import { parseTableMetadata, tableMetadataToJson } from "../spec/table-metadata-json.ts";
import type { LoadedTable, StagedTable } from "./catalog.ts";
import { parseStorageConfig, parseStorageCredentials } from "./storage-credentials-json.ts";

/** Reads the answer to load, create, register and commit. */
export function parseLoadedTable(json: JsonReader): LoadedTable {
  return { ...parseStagedTable(json), metadataLocation: json.field("metadata-location").string() };
}

/** Reads the answer to a staged create. */
export function parseStagedTable(json: JsonReader): StagedTable {
  return {
    metadata: parseTableMetadata(json.field("metadata")),
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
