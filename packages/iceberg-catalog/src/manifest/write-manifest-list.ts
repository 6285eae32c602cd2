import {
  type AvroEncoding,
  arrayEncoding,
  booleanEncoding,
  bytesEncoding,
  intEncoding,
  longEncoding,
  optionalField,
  recordEncoding,
  requiredField,
  stringEncoding,
} from "../avro/avro-encodings.ts";
import { writeContainer } from "../avro/write-container.ts";
import { IcebergError } from "../errors.ts";
import type { SequenceNumber, SnapshotId } from "../spec/ids.ts";
import type { FieldSummary, ManifestCounts, ManifestFile } from "../spec/manifest.ts";
import { manifestContents } from "./codes.ts";

/** The snapshot a manifest list is written for. */
export interface ManifestListOwner {
  readonly snapshotId: SnapshotId;
  readonly parentSnapshotId?: SnapshotId;
  readonly sequenceNumber: SequenceNumber;
}

/** Encodes a format 2 manifest list (spec, "Manifest Lists"). */
export function writeManifestList(owner: ManifestListOwner, manifests: readonly ManifestFile[]): Uint8Array {
  return writeContainer(
    manifestFileEncoding,
    {
      "snapshot-id": String(owner.snapshotId),
      "parent-snapshot-id": String(owner.parentSnapshotId ?? null),
      "sequence-number": String(owner.sequenceNumber),
      "format-version": "2",
    },
    manifests,
  );
}

const fieldSummaryEncoding = recordEncoding<FieldSummary>("r508", [
  requiredField(509, "contains_null", booleanEncoding, (summary) => summary.containsNull),
  optionalField(518, "contains_nan", booleanEncoding, (summary) => summary.containsNan),
  optionalField(510, "lower_bound", bytesEncoding, (summary) => summary.lowerBound),
  optionalField(511, "upper_bound", bytesEncoding, (summary) => summary.upperBound),
]);

const count = <V>(id: number, name: string, encoding: AvroEncoding<V>, get: (counts: ManifestCounts) => V) =>
  requiredField(id, name, encoding, (manifest: ManifestFile) => get(countsOf(manifest)));

const manifestFileEncoding = recordEncoding<ManifestFile>("manifest_file", [
  requiredField(500, "manifest_path", stringEncoding, (manifest) => manifest.manifestPath),
  requiredField(501, "manifest_length", longEncoding, (manifest) => manifest.manifestLength),
  requiredField(502, "partition_spec_id", intEncoding, (manifest) => manifest.partitionSpecId),
  requiredField(517, "content", intEncoding, (manifest) => manifestContents.indexOf(manifest.content)),
  requiredField(515, "sequence_number", longEncoding, (manifest) => manifest.sequenceNumber),
  requiredField(516, "min_sequence_number", longEncoding, (manifest) => manifest.minSequenceNumber),
  requiredField(503, "added_snapshot_id", longEncoding, (manifest) => manifest.addedSnapshotId),
  count(504, "added_files_count", intEncoding, (counts) => counts.addedFiles),
  count(505, "existing_files_count", intEncoding, (counts) => counts.existingFiles),
  count(506, "deleted_files_count", intEncoding, (counts) => counts.deletedFiles),
  count(512, "added_rows_count", longEncoding, (counts) => counts.addedRows),
  count(513, "existing_rows_count", longEncoding, (counts) => counts.existingRows),
  count(514, "deleted_rows_count", longEncoding, (counts) => counts.deletedRows),
  optionalField(507, "partitions", arrayEncoding(508, fieldSummaryEncoding), (manifest) => manifest.partitions),
]);

function countsOf(manifest: ManifestFile): ManifestCounts {
  if (manifest.counts !== undefined) return manifest.counts;
  throw new IcebergError(
    "UNSUPPORTED",
    `${manifest.manifestPath} has no file counts, which format 2 requires; rewrite the table's manifests first`,
  );
}
