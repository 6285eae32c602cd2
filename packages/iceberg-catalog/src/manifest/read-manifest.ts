import { readContainer } from "../avro/read-container.ts";
import { IcebergError } from "../errors.ts";
import { type FieldId, type SequenceNumber, sequenceNumber, snapshotId } from "../spec/ids.ts";
import type { EntryStatus, ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import type { Schema } from "../spec/schema.ts";
import { entryStatuses, present, wordOf } from "./codes.ts";
import { entryReader } from "./entry-reader.ts";

export interface ReadManifestOptions {
  /** The spec the manifest list names for the manifest; what the manifest itself says of it is not trusted. */
  readonly spec: PartitionSpec;
  /** Partition values are promoted to its types. */
  readonly schema: Schema;
  /** Columns whose counts and bounds are wanted; the others' are skipped unread. Left out: all of everything. */
  readonly statsOf?: ReadonlySet<FieldId>;
}

/**
 * Yields a manifest's rows, deleted ones too, after inheritance (spec, "Sequence Number Inheritance").
 * @throws IcebergError `DATA_INVALID`, `UNSUPPORTED`
 */
export function* readManifest(
  bytes: Uint8Array,
  manifest: ManifestFile,
  options: ReadManifestOptions,
): Generator<ManifestEntry> {
  for (const row of readContainer(bytes, entryReader(manifest.partitionSpecId, options))) {
    const status = wordOf(entryStatuses, present(row.status, "status"), "entry status");
    const dataSequenceNumber = inheritSequenceNumber(row.dataSequenceNumber, status, manifest);
    yield {
      status,
      snapshotId: row.snapshotId === undefined ? manifest.addedSnapshotId : snapshotId(row.snapshotId),
      dataSequenceNumber,
      // Writers older than the field leave it out, also where nothing can be inherited.
      fileSequenceNumber:
        row.fileSequenceNumber === undefined ? dataSequenceNumber : sequenceNumber(row.fileSequenceNumber),
      dataFile: present(row.dataFile, "data_file"),
    };
  }
}

/** Only what the manifest's own snapshot added inherits, and everything under format 1, where all numbers are 0. */
function inheritSequenceNumber(
  written: bigint | undefined,
  status: EntryStatus,
  manifest: ManifestFile,
): SequenceNumber {
  if (written !== undefined) return sequenceNumber(written);
  if (status === "added" || manifest.sequenceNumber === 0n) return manifest.sequenceNumber;
  throw new IcebergError("DATA_INVALID", `${manifest.manifestPath}: a row that is ${status} has no sequence number`);
}
