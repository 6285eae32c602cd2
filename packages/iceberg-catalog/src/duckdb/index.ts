export type { Isolation } from "../transaction/conflicts.ts";
export { jsonFieldMetadata } from "./arrow-columns.ts";
export { arrowProjection, type StoredResult, storeResult } from "./arrow-projection.ts";
export type { ArrowInput } from "./arrow-rows.ts";
export { changelogRelation } from "./changelog/changelog-relation.ts";
export { netChanges } from "./changelog/net-changes.ts";
export { type Changes, type ReadChangesOptions, readChanges } from "./changelog/read-changes.ts";
export type { CompactionPolicy } from "./compaction/plan-compaction.ts";
export {
  type CompactionProgress,
  type DataFileRewritePlan,
  planDataFileRewrite,
  type RewriteDataFilesOptions,
  type RewrittenDataFiles,
  rewriteDataFiles,
} from "./compaction/rewrite-data-files.ts";
export { Database, type DatabaseOptions } from "./database.ts";
export type { FileCacheOptions } from "./file-cache/file-cache.ts";
export type { FileLease } from "./file-cache/file-lease.ts";
export { icebergTypeOf } from "./iceberg-type-of.ts";
export { appendKeySummary, appendKeysOf, findAppend, findAppends } from "./operations/append-key.ts";
export { type AppendedRows, type AppendRowsOptions, appendRows, appendSelect } from "./operations/append-rows.ts";
export { convertValue, type ValuePlace } from "./operations/convert-value.ts";
export { type DeletedRows, type DeleteRowsOptions, deleteRows } from "./operations/delete-rows.ts";
export { type EqualityOptions, equalityDelete, equalityUpsert } from "./operations/equality-upsert.ts";
export type { WriteMode } from "./operations/isolation.ts";
export {
  type OverwriteRowsOptions,
  type OverwrittenRows,
  overwritePartitions,
  overwriteRows,
} from "./operations/overwrite-rows.ts";
export { type ReadRowsOptions, readRows, rowsSql } from "./operations/read-rows.ts";
export { type UpsertedRows, type UpsertRowsOptions, upsertRows } from "./operations/upsert-rows.ts";
export { outputExtensions, writeOutput } from "./output.ts";
export { predicateSql } from "./predicate-sql.ts";
export { escapeGlob, quotedIdentifier, quotedString, quotedStrings, subquery, timestampLiteral } from "./quote.ts";
export { openFiles } from "./read/open-files.ts";
export { pathsOf, type ReadableFile } from "./read/readable-file.ts";
export { scanTable, type TableScanResult } from "./read/scan-table.ts";
export type { ColumnDefaults } from "./read/table-columns.ts";
export { type TableColumn, tableRelation } from "./read/table-relation.ts";
export { openRowSource, type RowInput, type RowSource, type TextColumns } from "./row-source.ts";
export type { Progress, Row, Session, SourceColumn } from "./session.ts";
export { parseSourceType, type SourceType } from "./source-type.ts";
export { TemporaryTables, withTables } from "./temporary-tables.ts";
export { duckdbType, duckdbTypeOf, fitsWithoutLoss } from "./types.ts";
export { datumSql, parseDatum } from "./value-sql.ts";
export { type Conversion, conversion } from "./write/conversion.ts";
export { type WriteOptions, type WriteProgress, writeDataFiles } from "./write/write-data-files.ts";
export type { WriteTarget } from "./write/write-target.ts";
