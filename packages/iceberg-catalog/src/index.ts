export type {
  Catalog,
  CreateTableRequest,
  IdentifiedCommit,
  LoadedTable,
  PropertyChanges,
  TableCommit,
} from "./catalog/catalog.ts";
export type { RestCatalogOptions } from "./catalog/rest/connect.ts";
export type { Fetch } from "./catalog/rest/fetch-send.ts";
export { RestCatalog } from "./catalog/rest/rest-catalog.ts";
export { identifierToString, type Namespace, type TableIdentifier } from "./catalog/table-identifier.ts";
export { type Row, readRowFile, writeRowFile } from "./data/row-file.ts";
export { IcebergError, type IcebergErrorCode, isIcebergError } from "./errors.ts";
export {
  alwaysFalse,
  alwaysTrue,
  and,
  equalTo,
  greaterThan,
  greaterThanOrEqual,
  lessThan,
  lessThanOrEqual,
  type Predicate,
} from "./expr/predicate.ts";
export type { ByteRange, FileIO, FileStat } from "./io/file-io.ts";
export { localFileIO, localPath } from "./io/local.ts";
export { memoryFileIO } from "./io/memory.ts";
export type { FileScanTask, ScanPlan, ScanReport } from "./scan/file-scan-task.ts";
export type { IncrementalAppendPlan } from "./scan/incremental-append-scan.ts";
export { findSnapshotBySummary } from "./spec/find-snapshot-by-summary.ts";
export {
  type FieldId,
  fieldId,
  type SchemaId,
  type SequenceNumber,
  type SnapshotId,
  type SortOrderId,
  type SpecId,
  schemaId,
  sequenceNumber,
  snapshotId,
  sortOrderId,
  specId,
  type TimestampMs,
  timestampMs,
} from "./spec/ids.ts";
export { type JsonObject, type JsonValue, parseJson, stringifyJson } from "./spec/json.ts";
export type { DataFile, Datum, PartitionTuple } from "./spec/manifest.ts";
export { murmur3 } from "./spec/murmur3.ts";
export { partitionPath } from "./spec/partition-path.ts";
export type { PartitionField, PartitionSpec } from "./spec/partition-spec.ts";
export { findField, findFieldById, requireField, type Schema, schemasEqual } from "./spec/schema.ts";
export type { SchemaUpdate } from "./spec/schema-evolution.ts";
export { mainBranch, type Operation, type Snapshot, type SnapshotRef, type SnapshotSummary } from "./spec/snapshot.ts";
export type { SortField, SortOrder } from "./spec/sort-order.ts";
export type { TableMetadata } from "./spec/table-metadata.ts";
export type { TableUpdate, UnboundPartitionSpec } from "./spec/table-update.ts";
export { parseTransform, type Transform, transformToString } from "./spec/transform.ts";
export { truncateString, truncateUpperString } from "./spec/truncate-bounds.ts";
export {
  type IcebergType,
  isPrimitive,
  type NestedField,
  type PrimitiveType,
  parsePrimitive,
  simplePrimitives,
  typesEqual,
  typeToString,
} from "./spec/types.ts";
export { encodeValue } from "./spec/values.ts";
export { createTable, loadTable, Table } from "./table.ts";
export { dataFileLocation } from "./transaction/table-locations.ts";
export type { Transaction } from "./transaction/transaction.ts";
