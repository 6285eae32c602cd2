import type { Operation, SnapshotId } from "@icecore/iceberg-catalog";
import { appendKeysOf } from "@icecore/iceberg-catalog/duckdb";
import type { StoreContext } from "./context.ts";
import { loadViewTable } from "./view-table.ts";

/** One snapshot of a feature view's table, as people look at it. */
export interface HistoryEntry {
  readonly snapshotId: SnapshotId;
  readonly committedAt: Date;
  readonly operation: Operation;
  readonly addedRows: bigint;
  readonly totalRows: bigint;
  readonly addedFiles: number;
  /** Branches and tags that point here. */
  readonly refs: readonly string[];
  /** The keys that its rows were sent with. */
  readonly ingestKeys: readonly string[];
  readonly isCurrent: boolean;
}

/** The snapshots of a view's table, newest first. */
export async function viewHistory(context: StoreContext, viewName: string): Promise<readonly HistoryEntry[]> {
  const table = await loadViewTable(context, viewName);
  const { metadata } = table;
  return metadata.snapshots
    .map((snapshot) => {
      const { operation, properties } = snapshot.summary;
      const refs = Object.entries(metadata.refs).filter(([, ref]) => ref.snapshotId === snapshot.snapshotId);
      return {
        snapshotId: snapshot.snapshotId,
        committedAt: new Date(snapshot.timestampMs),
        operation,
        addedRows: BigInt(properties["added-records"] ?? 0),
        totalRows: BigInt(properties["total-records"] ?? 0),
        addedFiles: Number(properties["added-data-files"] ?? 0),
        refs: refs.map(([name]) => name),
        ingestKeys: appendKeysOf(snapshot),
        isCurrent: snapshot.snapshotId === metadata.currentSnapshotId,
      };
    })
    .reverse();
}

/** A data file of a view's table, at its current snapshot. */
export interface ListedFile {
  readonly path: string;
  readonly rows: bigint;
  readonly bytes: bigint;
}

/** The data files of a view's table, by path. */
export async function viewFiles(context: StoreContext, viewName: string): Promise<readonly ListedFile[]> {
  const table = await loadViewTable(context, viewName);
  const { tasks } = await table.scan({}).plan();
  return tasks
    .map(({ dataFile }) => ({ path: dataFile.filePath, rows: dataFile.recordCount, bytes: dataFile.fileSizeInBytes }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
