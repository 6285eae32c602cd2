export type {
  Catalog,
  CreateTableRequest,
  IdentifiedCommit,
  LoadedTable,
  LoadTableOptions,
  PropertyChanges,
  SnapshotsMode,
  StagedTable,
  StorageCredential,
  TableCommit,
} from "./catalog/catalog.ts";
export type { FileIOProvider, TableFileIO } from "./catalog/file-io-provider.ts";
export type { CommitMetrics, MetricsReport, ScanMetrics } from "./catalog/metrics-report.ts";
export type { Authorize } from "./catalog/rest/authorize.ts";
export { catalogFileIO } from "./catalog/rest/catalog-file-io.ts";
export type { RestCatalogOptions } from "./catalog/rest/connect.ts";
export type { Fetch } from "./catalog/rest/fetch-send.ts";
export type { HttpRequest } from "./catalog/rest/http.ts";
export { RestCatalog } from "./catalog/rest/rest-catalog.ts";
export type { AccessDelegation } from "./catalog/rest/rest-client.ts";
export { type TableFileIOOptions, tableFileIO } from "./catalog/rest/table-file-io.ts";
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
  isIn,
  isNan,
  isNull,
  lessThan,
  lessThanOrEqual,
  not,
  notEqualTo,
  notIn,
  notNan,
  notNull,
  notStartsWith,
  or,
  type Predicate,
  startsWith,
} from "./expr/predicate.ts";
export type { ByteRange, ByteSource, FileIO, FileStat, ListedFile, WriteContent } from "./io/file-io.ts";
export { lacksSpace } from "./io/free-space.ts";
export { isFreeForLmdb } from "./io/lmdb-file.ts";
export { localFileIO, localPath } from "./io/local.ts";
export { memoryFileIO } from "./io/memory.ts";
export type { S3Credentials, S3Options } from "./io/s3/options.ts";
export { s3OptionsOf } from "./io/s3/properties.ts";
export { s3FileIO } from "./io/s3.ts";
export { fileIOByScheme, type SchemeFileIOs } from "./io/scheme-file-io.ts";
export type { Deletions, FailedDeletion } from "./maintenance/delete-files.ts";
export { type Expired, type ExpireOptions, expireSnapshots } from "./maintenance/expire-snapshots.ts";
export { type ExpiryPlan, type ExpiryPolicy, planExpiry } from "./maintenance/plan-expiry.ts";
export {
  type OrphanFileOptions,
  type OrphanFilePlan,
  type OrphanFileRemoval,
  planOrphanFiles,
  removeOrphanFiles,
} from "./maintenance/remove-orphan-files.ts";
export type { EntryRow, FileRow } from "./metadata-tables/file-rows.ts";
export type { HistoryRow, MetadataLogEntryRow, RefRow, SnapshotRow } from "./metadata-tables/history-rows.ts";
export type { ManifestRow, PartitionSummaryRow } from "./metadata-tables/manifest-rows.ts";
export { type MetadataTableOptions, type MetadataTables, metadataTables } from "./metadata-tables/metadata-tables.ts";
export type { PartitionRecord } from "./metadata-tables/partition-record.ts";
export type { PartitionRow } from "./metadata-tables/partition-rows.ts";
export type { ReadableMetrics } from "./metadata-tables/readable-metrics.ts";
export type { ChangelogPlan, ChangelogScanOptions } from "./scan/changelog-scan.ts";
export type { AddedRowsTask, ChangelogTask, DeletedDataFileTask, DeletedRowsTask } from "./scan/changelog-task.ts";
export type { FileScanTask, ScanPlan, ScanReport } from "./scan/file-scan-task.ts";
export type { IncrementalAppendPlan, IncrementalAppendScanOptions } from "./scan/incremental-append-scan.ts";
export { limitManifestCache } from "./scan/manifest-cache.ts";
export type { ScanSource } from "./scan/scan-source.ts";
export { type ScanOptions, TableScan } from "./scan/table-scan.ts";
export { ancestorsOf } from "./spec/ancestors.ts";
export { applyTransform, transformResultType } from "./spec/apply-transform.ts";
export { freshType } from "./spec/assign-fresh-ids.ts";
export { compareValues } from "./spec/compare-values.ts";
export { findSnapshotBySummary } from "./spec/find-snapshot-by-summary.ts";
export { humanValue } from "./spec/human-value.ts";
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
export type { DataFile, Datum, FileContent, FileFormat, PartitionTuple } from "./spec/manifest.ts";
export { murmur3 } from "./spec/murmur3.ts";
export {
  type MappedField,
  type NameMapping,
  nameMappingOf,
  nameMappingProperty,
  nameMappingToString,
  parseNameMapping,
} from "./spec/name-mapping.ts";
export { parseType } from "./spec/parse-type.ts";
export { partitionKey } from "./spec/partition-key.ts";
export { partitionPath } from "./spec/partition-path.ts";
export type { PartitionField, PartitionSpec } from "./spec/partition-spec.ts";
export { PartitionSpecUpdate } from "./spec/partition-spec-evolution.ts";
export { partitionTypes } from "./spec/partition-type.ts";
export { findField, findFieldById, requireField, type Schema, schemasEqual } from "./spec/schema.ts";
export { type AddColumnOptions, SchemaUpdate } from "./spec/schema-evolution.ts";
export { mainBranch, type Operation, type Snapshot, type SnapshotRef, type SnapshotSummary } from "./spec/snapshot.ts";
export type { SortField, SortOrder } from "./spec/sort-order.ts";
export type { TableMetadata } from "./spec/table-metadata.ts";
export type { TableUpdate, UnboundPartitionSpec } from "./spec/table-update.ts";
export { parseTransform, type Transform, transformToString } from "./spec/transform.ts";
export { defaultBoundLength, truncateString, truncateUpperBytes, truncateUpperString } from "./spec/truncate-bounds.ts";
export { canPromote } from "./spec/type-promotion.ts";
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
export { decodeValue, encodeValue } from "./spec/values.ts";
export { createTable, loadTable, stageTable, Table } from "./table.ts";
export type { FileRewrite, RowChange } from "./transaction/change-files.ts";
export type { CommitOptions } from "./transaction/commit.ts";
export { type CommitEnvironment, systemEnvironment } from "./transaction/commit-environment.ts";
export type { ConflictCheck, FilesRewritten, PartitionsReplaced, RowsRead } from "./transaction/conflicts.ts";
export type { AppendOptions } from "./transaction/fast-append.ts";
export type { RemovedFiles } from "./transaction/file-selection.ts";
export type { RewriteManifestsOptions } from "./transaction/rewrite-manifests.ts";
export type { SnapshotOptions } from "./transaction/snapshot-options.ts";
export { dataFileLocation } from "./transaction/table-locations.ts";
export { Transaction } from "./transaction/transaction.ts";
export type { SortBy } from "./transaction/update-layout.ts";
export type { BranchRetention, RetentionChange, TagRetention } from "./transaction/update-refs.ts";
