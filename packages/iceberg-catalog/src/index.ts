export type {
  Catalog,
  CreateTableRequest,
  IdentifiedCommit,
  LoadedTable,
  PropertyChanges,
  TableCommit,
} from "./catalog/catalog.ts";
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
export type { PartitionField, PartitionSpec } from "./spec/partition-spec.ts";
export { findField, findFieldById, requireField, type Schema, schemasEqual } from "./spec/schema.ts";
export { mainBranch, type Operation, type Snapshot, type SnapshotRef, type SnapshotSummary } from "./spec/snapshot.ts";
export type { SortField, SortOrder } from "./spec/sort-order.ts";
export type { TableMetadata } from "./spec/table-metadata.ts";
export type { TableUpdate, UnboundPartitionSpec } from "./spec/table-update.ts";
export { parseTransform, type Transform, transformToString } from "./spec/transform.ts";
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
