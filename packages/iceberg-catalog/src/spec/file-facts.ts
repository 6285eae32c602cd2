import type { FieldId, SequenceNumber, SnapshotId, SpecId } from "./ids.ts";
import type { EntryStatus, FileContent, PartitionTuple } from "./manifest.ts";

/** What can be decided from about a file. A `DataFile` is one; so is a row of a manifest that is not decoded. */
export interface FileFacts {
  readonly content: FileContent;
  readonly filePath: string;
  readonly specId: SpecId;
  readonly partition: PartitionTuple;
  readonly recordCount: bigint;
  readonly fileSizeInBytes: bigint;
  readonly valueCounts?: Lookup<bigint> | undefined;
  readonly nullValueCounts?: Lookup<bigint> | undefined;
  readonly nanValueCounts?: Lookup<bigint> | undefined;
  readonly lowerBounds?: Lookup<Uint8Array> | undefined;
  readonly upperBounds?: Lookup<Uint8Array> | undefined;
}

export interface Lookup<V> {
  get(column: FieldId): V | undefined;
}

/** What can be decided from about a manifest's row. A `ManifestEntry` is one. */
export interface EntryFacts {
  readonly status: EntryStatus;
  readonly snapshotId: SnapshotId;
  readonly dataSequenceNumber: SequenceNumber;
  readonly dataFile: FileFacts;
}
