import { firstPartitionFieldId } from "./bind-partition-spec.ts";
import { supportedFormatVersion } from "./format-version.ts";
import { schemaId, sequenceNumber, snapshotId, sortOrderId, specId, timestampMs } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { JsonReader } from "./json-reader.ts";
import { omitUndefined } from "./omit-undefined.ts";
import type { PartitionSpec } from "./partition-spec.ts";
import {
  parsePartitionFields,
  parsePartitionSpec,
  partitionFieldToJson,
  partitionSpecToJson,
} from "./partition-spec-json.ts";
import { highestFieldId, type Schema } from "./schema.ts";
import { parseSchema, schemaToJson } from "./schema-json.ts";
import { mainBranch, type SnapshotRef } from "./snapshot.ts";
import { parseSnapshot, parseSnapshotRef, snapshotRefToJson, snapshotToJson } from "./snapshot-json.ts";
import { parseSortOrder, sortOrderToJson } from "./sort-order-json.ts";
import type { MetadataLogEntry, SnapshotLogEntry, TableMetadata } from "./table-metadata.ts";
import { tableMetadataProblem } from "./table-metadata-problem.ts";
import { unsorted } from "./unsorted.ts";

/**
 * Reads table metadata of format version 1 or 2 (spec, "Table Metadata and Snapshots").
 *
 * @throws IcebergError `METADATA_INVALID` with the JSON path, or `UNSUPPORTED` for a later format version
 */
export function parseTableMetadata(json: JsonReader): TableMetadata {
  const formatVersion = supportedFormatVersion(json.field("format-version").integer());
  const schemas = parseSchemas(json);
  const partitionSpecs = parsePartitionSpecs(json);
  const current = json.optional("current-snapshot-id")?.long();
  const currentSnapshotId = current === undefined || current === -1n ? undefined : snapshotId(current);
  const metadata: TableMetadata = omitUndefined({
    formatVersion,
    tableUuid: formatVersion === 1 ? (json.optional("table-uuid")?.string() ?? "") : json.field("table-uuid").string(),
    location: json.field("location").string(),
    lastSequenceNumber: sequenceNumber(
      formatVersion === 1 ? 0n : (json.optional("last-sequence-number")?.long() ?? 0n),
    ),
    lastUpdatedMs: timestampMs(json.field("last-updated-ms").integer()),
    lastColumnId: json.optional("last-column-id")?.integer() ?? Math.max(...schemas.map(highestFieldId)),
    currentSchemaId: schemaId(json.optional("current-schema-id")?.integer() ?? schemas[0]?.schemaId ?? 0),
    schemas,
    defaultSpecId: specId(json.optional("default-spec-id")?.integer() ?? 0),
    partitionSpecs,
    lastPartitionId: json.optional("last-partition-id")?.integer() ?? highestPartitionFieldId(partitionSpecs),
    defaultSortOrderId: sortOrderId(json.optional("default-sort-order-id")?.integer() ?? 0),
    sortOrders: json.optional("sort-orders")?.array().map(parseSortOrder) ?? [unsorted],
    properties: json.optional("properties")?.stringMap() ?? {},
    currentSnapshotId,
    snapshots: json.items("snapshots").map(parseSnapshot),
    snapshotLog: json.items("snapshot-log").map(parseSnapshotLogEntry),
    metadataLog: json.items("metadata-log").map(parseMetadataLogEntry),
    refs: parseRefs(json, currentSnapshotId),
    statistics: json.items("statistics").map((file) => file.value),
    partitionStatistics: json.items("partition-statistics").map((file) => file.value),
  });
  const problem = tableMetadataProblem(metadata);
  if (problem !== undefined) throw json.invalid(problem);
  return metadata;
}

/** Prints table metadata in its own format version; version 1 gets the fields that old readers look for. */
export function tableMetadataToJson(metadata: TableMetadata): JsonObject {
  return {
    "format-version": BigInt(metadata.formatVersion),
    "table-uuid": metadata.tableUuid,
    location: metadata.location,
    "last-sequence-number": metadata.formatVersion === 1 ? undefined : metadata.lastSequenceNumber,
    "last-updated-ms": BigInt(metadata.lastUpdatedMs),
    "last-column-id": BigInt(metadata.lastColumnId),
    ...(metadata.formatVersion === 1 && legacyFields(metadata)),
    "current-schema-id": BigInt(metadata.currentSchemaId),
    schemas: metadata.schemas.map(schemaToJson),
    "default-spec-id": BigInt(metadata.defaultSpecId),
    "partition-specs": metadata.partitionSpecs.map(partitionSpecToJson),
    "last-partition-id": BigInt(metadata.lastPartitionId),
    "default-sort-order-id": BigInt(metadata.defaultSortOrderId),
    "sort-orders": metadata.sortOrders.map(sortOrderToJson),
    properties: metadata.properties,
    "current-snapshot-id": metadata.currentSnapshotId ?? -1n,
    refs: Object.fromEntries(Object.entries(metadata.refs).map(([name, ref]) => [name, snapshotRefToJson(ref)])),
    snapshots: metadata.snapshots.map(snapshotToJson),
    statistics: metadata.statistics,
    "partition-statistics": metadata.partitionStatistics,
    "snapshot-log": metadata.snapshotLog.map((entry) => ({
      "timestamp-ms": BigInt(entry.timestampMs),
      "snapshot-id": entry.snapshotId,
    })),
    "metadata-log": metadata.metadataLog.map((entry) => ({
      "timestamp-ms": BigInt(entry.timestampMs),
      "metadata-file": entry.metadataFile,
    })),
  };
}

function parseSchemas(json: JsonReader): readonly Schema[] {
  return json.optional("schemas")?.array().map(parseSchema) ?? [parseSchema(json.field("schema"))];
}

function parsePartitionSpecs(json: JsonReader): readonly PartitionSpec[] {
  const specs = json.optional("partition-specs");
  if (specs !== undefined) return specs.array().map(parsePartitionSpec);
  return [{ specId: specId(0), fields: parsePartitionFields(json.field("partition-spec")) }];
}

function highestPartitionFieldId(specs: readonly PartitionSpec[]): number {
  const ids = specs.flatMap((spec) => spec.fields).map((field) => field.fieldId);
  return Math.max(firstPartitionFieldId - 1, ...ids);
}

/** Writers older than refs only say the current snapshot, which is what `main` would point at. */
function parseRefs(json: JsonReader, current: TableMetadata["currentSnapshotId"]): Record<string, SnapshotRef> {
  const refs = json.optional("refs")?.members() ?? [];
  const main = current === undefined ? {} : { [mainBranch]: { type: "branch", snapshotId: current } as const };
  return { ...main, ...Object.fromEntries(refs.map(([name, ref]) => [name, parseSnapshotRef(ref)])) };
}

function parseSnapshotLogEntry(json: JsonReader): SnapshotLogEntry {
  return {
    timestampMs: timestampMs(json.field("timestamp-ms").integer()),
    snapshotId: snapshotId(json.field("snapshot-id").long()),
  };
}

function parseMetadataLogEntry(json: JsonReader): MetadataLogEntry {
  return {
    timestampMs: timestampMs(json.field("timestamp-ms").integer()),
    metadataFile: json.field("metadata-file").string(),
  };
}

function legacyFields(metadata: TableMetadata): JsonObject {
  const schema = metadata.schemas.find((candidate) => candidate.schemaId === metadata.currentSchemaId);
  const spec = metadata.partitionSpecs.find((candidate) => candidate.specId === metadata.defaultSpecId);
  return {
    schema: schema === undefined ? undefined : schemaToJson(schema),
    "partition-spec": (spec?.fields ?? []).map(partitionFieldToJson),
  };
}
