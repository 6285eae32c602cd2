import type { SnapshotId, SpecId } from "../spec/ids.ts";
import type { DataFile, ManifestEntry } from "../spec/manifest.ts";
import { partitionKey } from "../spec/partition-key.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { findSnapshot } from "../spec/table-metadata-lookups.ts";
import type { Table } from "../table.ts";
import { isLive, loadAllEntries } from "./load-all-entries.ts";
import { type PartitionRecord, partitionRecords } from "./partition-record.ts";

export interface PartitionRow {
  readonly partition: PartitionRecord;
  readonly spec_id: SpecId;
  /** Rows of data files, before deletes. */
  readonly record_count: bigint;
  readonly file_count: number;
  readonly total_data_file_size_in_bytes: bigint;
  readonly position_delete_record_count: bigint;
  readonly position_delete_file_count: number;
  readonly equality_delete_record_count: bigint;
  readonly equality_delete_file_count: number;
  /** Null where the snapshots that brought the files have expired. */
  readonly last_updated_at: Date | null;
  readonly last_updated_snapshot_id: SnapshotId | null;
}

/** The partitions of a snapshot, in the order in which its manifests name them. Holds one row for each. */
export async function* partitionRows(table: Table, snapshot: Snapshot): AsyncGenerator<PartitionRow> {
  const partitionOf = partitionRecords(table.metadata);
  const rows = new Map<string, PartitionRow>();
  for await (const entry of loadAllEntries(table, [snapshot])) {
    if (!isLive(entry)) continue;
    const { dataFile } = entry;
    const key = partitionKey(dataFile.specId, dataFile.partition);
    const counted = withFile(rows.get(key) ?? emptyRow(partitionOf(dataFile), dataFile.specId), dataFile);
    rows.set(key, withUpdate(counted, entry, table));
  }
  yield* rows.values();
}

const emptyRow = (partition: PartitionRecord, specId: SpecId): PartitionRow => ({
  partition,
  spec_id: specId,
  record_count: 0n,
  file_count: 0,
  total_data_file_size_in_bytes: 0n,
  position_delete_record_count: 0n,
  position_delete_file_count: 0,
  equality_delete_record_count: 0n,
  equality_delete_file_count: 0,
  last_updated_at: null,
  last_updated_snapshot_id: null,
});

function withFile(row: PartitionRow, file: DataFile): PartitionRow {
  switch (file.content) {
    case "data":
      return {
        ...row,
        record_count: row.record_count + file.recordCount,
        file_count: row.file_count + 1,
        total_data_file_size_in_bytes: row.total_data_file_size_in_bytes + file.fileSizeInBytes,
      };
    case "position-deletes":
      return {
        ...row,
        position_delete_record_count: row.position_delete_record_count + file.recordCount,
        position_delete_file_count: row.position_delete_file_count + 1,
      };
    case "equality-deletes":
      return {
        ...row,
        equality_delete_record_count: row.equality_delete_record_count + file.recordCount,
        equality_delete_file_count: row.equality_delete_file_count + 1,
      };
  }
}

function withUpdate(row: PartitionRow, { snapshotId }: ManifestEntry, { metadata }: Table): PartitionRow {
  const snapshot = findSnapshot(metadata, snapshotId);
  if (snapshot === undefined) return row;
  if (row.last_updated_at !== null && row.last_updated_at.getTime() >= snapshot.timestampMs) return row;
  return { ...row, last_updated_at: new Date(snapshot.timestampMs), last_updated_snapshot_id: snapshotId };
}
