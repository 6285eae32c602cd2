import { arrayReader, booleanReader, bytesReader, intReader, longReader, stringReader } from "../avro/avro-readers.ts";
import { type AvroContainer, openContainer } from "../avro/container.ts";
import { readRecords } from "../avro/read-container.ts";
import { field, type ReadRecord, recordReader } from "../avro/record-reader.ts";
import { sequenceNumber, snapshotId, specId } from "../spec/ids.ts";
import type { FieldSummary, ManifestCounts, ManifestFile } from "../spec/manifest.ts";
import { manifestContents, present, wordOf } from "./codes.ts";

/** The rows of a manifest list of format 1 or 2 (spec, "Manifest Lists"). @throws IcebergError `DATA_INVALID` */
export function readManifestList(bytes: Uint8Array): readonly ManifestFile[] {
  return [...manifestFiles(openContainer(bytes))];
}

/** The rows of a manifest list that is open, one by one. @throws IcebergError `DATA_INVALID` */
export function* manifestFiles(list: AvroContainer): Generator<ManifestFile> {
  for (const row of readRecords(list, manifestFileReader)) yield toManifestFile(row);
}

const fieldSummaryShape = {
  containsNull: field(509, booleanReader),
  containsNan: field(518, booleanReader),
  lowerBound: field(510, bytesReader),
  upperBound: field(511, bytesReader),
};

const manifestFileShape = {
  manifestPath: field(500, stringReader),
  manifestLength: field(501, longReader),
  partitionSpecId: field(502, intReader),
  content: field(517, intReader),
  sequenceNumber: field(515, longReader),
  minSequenceNumber: field(516, longReader),
  addedSnapshotId: field(503, longReader),
  addedFiles: field(504, intReader),
  existingFiles: field(505, intReader),
  deletedFiles: field(506, intReader),
  addedRows: field(512, longReader),
  existingRows: field(513, longReader),
  deletedRows: field(514, longReader),
  partitions: field(507, arrayReader(recordReader(fieldSummaryShape))),
};

const manifestFileReader = recordReader(manifestFileShape);

/** What format 1 does not know has the value that its tables have under format 2: data, sequence number 0. */
function toManifestFile(row: ReadRecord<typeof manifestFileShape>): ManifestFile {
  const counts = toCounts(row);
  return {
    manifestPath: present(row.manifestPath, "manifest_path"),
    manifestLength: present(row.manifestLength, "manifest_length"),
    partitionSpecId: specId(present(row.partitionSpecId, "partition_spec_id")),
    content: wordOf(manifestContents, row.content ?? 0, "manifest content"),
    sequenceNumber: sequenceNumber(row.sequenceNumber ?? 0n),
    minSequenceNumber: sequenceNumber(row.minSequenceNumber ?? 0n),
    addedSnapshotId: snapshotId(present(row.addedSnapshotId, "added_snapshot_id")),
    ...(counts && { counts }),
    ...(row.partitions && { partitions: row.partitions.map(toFieldSummary) }),
  };
}

function toCounts(row: ReadRecord<typeof manifestFileShape>): ManifestCounts | undefined {
  const { addedFiles, existingFiles, deletedFiles, addedRows, existingRows, deletedRows } = row;
  if (addedFiles === undefined || existingFiles === undefined || deletedFiles === undefined) return undefined;
  if (addedRows === undefined || existingRows === undefined || deletedRows === undefined) return undefined;
  return { addedFiles, existingFiles, deletedFiles, addedRows, existingRows, deletedRows };
}

function toFieldSummary(row: ReadRecord<typeof fieldSummaryShape>): FieldSummary {
  return {
    containsNull: present(row.containsNull, "contains_null"),
    ...(row.containsNan !== undefined && { containsNan: row.containsNan }),
    ...(row.lowerBound && { lowerBound: row.lowerBound }),
    ...(row.upperBound && { upperBound: row.upperBound }),
  };
}
