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
export type { IncrementalAppendPlan, IncrementalAppendScanOptions } from "./scan/incremental-append-scan.ts";
export { type ScanOptions, TableScan } from "./scan/table-scan.ts";
export { ancestorsOf } from "./spec/ancestors.ts";
export { applyTransform, transformResultType } from "./spec/apply-transform.ts";
export { compareValues } from "./spec/compare-values.ts";
export { findSnapshotBySummary } from "./spec/find-snapshot-by-summary.ts";
export { humanValue } from "./spec/human-value.ts";
export type { DataFile, Datum, FileContent, FileFormat, PartitionTuple } from "./spec/manifest.ts";
export { murmur3 } from "./spec/murmur3.ts";
export { partitionKey } from "./spec/partition-key.ts";
export { partitionPath } from "./spec/partition-path.ts";
export { partitionTypes } from "./spec/partition-type.ts";
export { type AddColumnOptions, SchemaUpdate } from "./spec/schema-evolution.ts";
export { defaultBoundLength, truncateString, truncateUpperBytes, truncateUpperString } from "./spec/truncate-bounds.ts";
export { canPromote } from "./spec/type-promotion.ts";
export { decodeValue, encodeValue } from "./spec/values.ts";
export { createTable, loadTable, Table } from "./table.ts";
export type { CommitOptions } from "./transaction/commit.ts";
export { type CommitEnvironment, systemEnvironment } from "./transaction/commit-environment.ts";
export type { AppendOptions } from "./transaction/fast-append.ts";
export { dataFileLocation } from "./transaction/table-locations.ts";
export { Transaction } from "./transaction/transaction.ts";
export type { BranchRetention, TagRetention } from "./transaction/update-refs.ts";
