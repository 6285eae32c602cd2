import type { SnapshotId } from "../spec/ids.ts";
import type { FileContent } from "../spec/manifest.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import type { Table } from "../table.ts";
import { type EntryRow, entryRows, type FileRow, fileRows } from "./file-rows.ts";
import {
  type HistoryRow,
  historyRows,
  type MetadataLogEntryRow,
  metadataLogRows,
  type RefRow,
  refRows,
  type SnapshotRow,
  snapshotRows,
} from "./history-rows.ts";
import { type ManifestRow, manifestRows } from "./manifest-rows.ts";
import { type PartitionRow, partitionRows } from "./partition-rows.ts";

/** What a table knows of itself, as rows, by the names that Iceberg's engines have for these tables. */
export interface MetadataTables {
  snapshots(): AsyncIterable<SnapshotRow>;
  /** What `main` pointed at, and since when. */
  history(): AsyncIterable<HistoryRow>;
  refs(): AsyncIterable<RefRow>;
  /** Ends with the metadata file that is current. */
  metadata_log_entries(): AsyncIterable<MetadataLogEntryRow>;
  manifests(): AsyncIterable<ManifestRow>;
  /** Data and delete files. */
  files(): AsyncIterable<FileRow>;
  data_files(): AsyncIterable<FileRow>;
  delete_files(): AsyncIterable<FileRow>;
  /** Data files of every snapshot; a file comes again where its manifest was rewritten. */
  all_data_files(): AsyncIterable<FileRow>;
  /** What manifests say, of deleted files too. */
  entries(): AsyncIterable<EntryRow>;
  partitions(): AsyncIterable<PartitionRow>;
}

export interface MetadataTableOptions {
  /** The snapshot whose manifests, files, entries and partitions to show. Default: the current one. */
  readonly snapshotId?: SnapshotId;
}

const everyContent: readonly FileContent[] = ["data", "position-deletes", "equality-deletes"];

/**
 * The metadata tables of a table as it was loaded. Rows come while manifests are still being read; nothing is read before
 * the first row is asked for.
 *
 * @throws IcebergError `SNAPSHOT_NOT_FOUND`; from the rows: `FILE_NOT_FOUND`, `DATA_INVALID`
 */
export function metadataTables(table: Table, { snapshotId }: MetadataTableOptions = {}): MetadataTables {
  const snapshot = snapshotId === undefined ? table.currentSnapshot() : table.snapshot(snapshotId);
  const snapshots = snapshot === undefined ? [] : [snapshot];
  const { metadata } = table;
  return {
    snapshots: () => snapshotRows(metadata),
    history: () => historyRows(metadata),
    refs: () => refRows(metadata),
    metadata_log_entries: () => metadataLogRows(table),
    manifests: () => ofEach(snapshots, (each) => manifestRows(table, each)),
    files: () => fileRows(table, snapshots, everyContent),
    data_files: () => fileRows(table, snapshots, ["data"]),
    delete_files: () => fileRows(table, snapshots, ["position-deletes", "equality-deletes"]),
    all_data_files: () => fileRows(table, metadata.snapshots, ["data"]),
    entries: () => ofEach(snapshots, (each) => entryRows(table, each)),
    partitions: () => ofEach(snapshots, (each) => partitionRows(table, each)),
  };
}

async function* ofEach<Row>(
  snapshots: readonly Snapshot[],
  rowsOf: (snapshot: Snapshot) => AsyncIterable<Row>,
): AsyncGenerator<Row> {
  for (const snapshot of snapshots) yield* rowsOf(snapshot);
}
