import { entryStatuses, fileContents } from "../manifest/codes.ts";
import type { FieldId, SequenceNumber, SnapshotId, SortOrderId, SpecId } from "../spec/ids.ts";
import type { DataFile, FileContent } from "../spec/manifest.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";
import type { Table } from "../table.ts";
import { isLive, loadAllEntries } from "./load-all-entries.ts";
import { type PartitionRecord, partitionRecords } from "./partition-record.ts";
import { type ReadableMetrics, readableMetrics } from "./readable-metrics.ts";

/** A data or delete file as its manifest has it; maps are by column id, and null where the writer left them out. */
export interface FileRow {
  /** 0: data, 1: position deletes, 2: equality deletes. */
  readonly content: number;
  readonly file_path: string;
  readonly file_format: string;
  readonly spec_id: SpecId;
  readonly partition: PartitionRecord;
  readonly record_count: bigint;
  readonly file_size_in_bytes: bigint;
  readonly column_sizes: ReadonlyMap<FieldId, bigint> | null;
  readonly value_counts: ReadonlyMap<FieldId, bigint> | null;
  readonly null_value_counts: ReadonlyMap<FieldId, bigint> | null;
  readonly nan_value_counts: ReadonlyMap<FieldId, bigint> | null;
  readonly lower_bounds: ReadonlyMap<FieldId, Uint8Array> | null;
  readonly upper_bounds: ReadonlyMap<FieldId, Uint8Array> | null;
  readonly split_offsets: readonly bigint[] | null;
  readonly equality_ids: readonly FieldId[] | null;
  readonly sort_order_id: SortOrderId | null;
  /** By column path. */
  readonly readable_metrics: Readonly<Record<string, ReadableMetrics>>;
}

export interface EntryRow {
  /** 0: existing, 1: added, 2: deleted. */
  readonly status: number;
  readonly snapshot_id: SnapshotId;
  readonly sequence_number: SequenceNumber;
  readonly file_sequence_number: SequenceNumber;
  readonly data_file: Omit<FileRow, "readable_metrics">;
  readonly readable_metrics: FileRow["readable_metrics"];
}

/** The files of some snapshots that hold one of `contents`. */
export async function* fileRows(
  table: Table,
  snapshots: readonly Snapshot[],
  contents: readonly FileContent[],
): AsyncGenerator<FileRow> {
  const toRow = fileRowOf(table);
  for await (const entry of loadAllEntries(table, snapshots)) {
    if (isLive(entry) && contents.includes(entry.dataFile.content)) yield toRow(entry.dataFile);
  }
}

/** What a snapshot's manifests say, of deleted files too. */
export async function* entryRows(table: Table, snapshot: Snapshot): AsyncGenerator<EntryRow> {
  const toRow = fileRowOf(table);
  for await (const entry of loadAllEntries(table, [snapshot])) {
    const { readable_metrics, ...data_file } = toRow(entry.dataFile);
    yield {
      status: entryStatuses.indexOf(entry.status),
      snapshot_id: entry.snapshotId,
      sequence_number: entry.dataSequenceNumber,
      file_sequence_number: entry.fileSequenceNumber,
      data_file,
      readable_metrics,
    };
  }
}

function fileRowOf({ metadata }: Table): (file: DataFile) => FileRow {
  const partitionOf = partitionRecords(metadata);
  const metricsOf = readableMetrics(currentSchema(metadata));
  return (file) => ({
    content: fileContents.indexOf(file.content),
    file_path: file.filePath,
    file_format: file.fileFormat.toUpperCase(),
    spec_id: file.specId,
    partition: partitionOf(file),
    record_count: file.recordCount,
    file_size_in_bytes: file.fileSizeInBytes,
    column_sizes: file.columnSizes ?? null,
    value_counts: file.valueCounts ?? null,
    null_value_counts: file.nullValueCounts ?? null,
    nan_value_counts: file.nanValueCounts ?? null,
    lower_bounds: file.lowerBounds ?? null,
    upper_bounds: file.upperBounds ?? null,
    split_offsets: file.splitOffsets ?? null,
    equality_ids: file.equalityIds ?? null,
    sort_order_id: file.sortOrderId ?? null,
    readable_metrics: metricsOf(file),
  });
}
