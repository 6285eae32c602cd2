import type { FieldId, SequenceNumber, SnapshotId, SortOrderId, SpecId } from "./ids.ts";

/**
 * A single value in memory. boolean: boolean; int, date (days): number; long, time, timestamp, timestamptz (micros),
 * decimal (unscaled): bigint; float, double: number; string, uuid (lower case): string; fixed, binary: Uint8Array.
 */
export type Datum = boolean | number | bigint | string | Uint8Array;

/** Partition values in the order of the spec's fields. */
export type PartitionTuple = readonly (Datum | null)[];

export type FileContent = "data" | "position-deletes" | "equality-deletes";
export type FileFormat = "parquet" | "avro" | "orc";

/** A data or delete file and what is known of its columns (spec, "Manifests", `data_file`). */
export interface DataFile {
  readonly content: FileContent;
  readonly filePath: string;
  readonly fileFormat: FileFormat;
  readonly specId: SpecId;
  readonly partition: PartitionTuple;
  readonly recordCount: bigint;
  readonly fileSizeInBytes: bigint;
  /** Per column id; a column that is missing here is unknown, never zero. */
  readonly columnSizes?: ReadonlyMap<FieldId, bigint> | undefined;
  readonly valueCounts?: ReadonlyMap<FieldId, bigint> | undefined;
  readonly nullValueCounts?: ReadonlyMap<FieldId, bigint> | undefined;
  readonly nanValueCounts?: ReadonlyMap<FieldId, bigint> | undefined;
  /** Bounds in single-value binary form; may be truncated, so they are not minima and maxima. */
  readonly lowerBounds?: ReadonlyMap<FieldId, Uint8Array> | undefined;
  readonly upperBounds?: ReadonlyMap<FieldId, Uint8Array> | undefined;
  readonly splitOffsets?: readonly bigint[] | undefined;
  readonly equalityIds?: readonly FieldId[] | undefined;
  readonly sortOrderId?: SortOrderId | undefined;
}

export type EntryStatus = "existing" | "added" | "deleted";

/** A manifest's row after inheritance: sequence numbers and snapshot id are always known. */
export interface ManifestEntry {
  readonly status: EntryStatus;
  readonly snapshotId: SnapshotId;
  readonly dataSequenceNumber: SequenceNumber;
  readonly fileSequenceNumber: SequenceNumber;
  readonly dataFile: DataFile;
}

/** A manifest list's row (spec, "Manifest Lists", `manifest_file`). */
export interface ManifestFile {
  readonly manifestPath: string;
  readonly manifestLength: bigint;
  readonly partitionSpecId: SpecId;
  readonly content: "data" | "deletes";
  readonly sequenceNumber: SequenceNumber;
  readonly minSequenceNumber: SequenceNumber;
  readonly addedSnapshotId: SnapshotId;
  /** Absent where an old writer left the counts out. */
  readonly counts?: ManifestCounts;
  /** One per partition field, in the spec's order. */
  readonly partitions?: readonly FieldSummary[];
}

export interface ManifestCounts {
  readonly addedFiles: number;
  readonly existingFiles: number;
  readonly deletedFiles: number;
  readonly addedRows: bigint;
  readonly existingRows: bigint;
  readonly deletedRows: bigint;
}

export interface FieldSummary {
  readonly containsNull: boolean;
  readonly containsNan?: boolean;
  readonly lowerBound?: Uint8Array;
  readonly upperBound?: Uint8Array;
}
