/** Branded ids and units of the Iceberg spec. This is the only file that makes them with `as`. */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** A positive 63-bit random number, unique in its table. */
export type SnapshotId = Branded<bigint, "SnapshotId">;
/** Position of a commit in a table's history: 0 for what was written under format version 1. */
export type SequenceNumber = Branded<bigint, "SequenceNumber">;
export type SchemaId = Branded<number, "SchemaId">;
export type SpecId = Branded<number, "SpecId">;
export type SortOrderId = Branded<number, "SortOrderId">;
/** Identity of a column, a struct field, a list element, a map key or value; never reused in a table. */
export type FieldId = Branded<number, "FieldId">;
/** Identity of a partition field, 1000 and up, unique over all specs of a table. */
export type PartitionFieldId = Branded<number, "PartitionFieldId">;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type TimestampMs = Branded<number, "TimestampMs">;

export const snapshotId = (value: bigint): SnapshotId => value as SnapshotId;
export const sequenceNumber = (value: bigint): SequenceNumber => value as SequenceNumber;
export const schemaId = (value: number): SchemaId => value as SchemaId;
export const specId = (value: number): SpecId => value as SpecId;
export const sortOrderId = (value: number): SortOrderId => value as SortOrderId;
export const fieldId = (value: number): FieldId => value as FieldId;
export const partitionFieldId = (value: number): PartitionFieldId => value as PartitionFieldId;
export const timestampMs = (value: number): TimestampMs => value as TimestampMs;
