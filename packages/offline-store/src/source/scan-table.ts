import {
  type DataFile,
  localPath,
  type Predicate,
  type ScanReport,
  type SnapshotId,
  type Table,
} from "@icecore/iceberg-catalog";
import { OfflineStoreError } from "../errors.ts";

/** The data files of a table that can hold matching rows, and how many could not. */
export interface TableScanResult {
  readonly files: readonly DataFile[];
  readonly report: ScanReport;
}

const nothingScanned: TableScanResult = {
  files: [],
  report: { manifests: { total: 0, skipped: 0 }, files: { kept: 0, pruned: 0 }, bytes: { kept: 0n, pruned: 0n } },
};

/**
 * Plans a scan of a table at a snapshot; no snapshot: the table was empty, whatever it holds by now.
 * @throws OfflineStoreError `UNSUPPORTED` where data files have delete files
 */
export async function scanTable(
  table: Table,
  snapshotId: SnapshotId | undefined,
  filter?: Predicate,
): Promise<TableScanResult> {
  if (snapshotId === undefined) return nothingScanned;
  const scan = await table.scan({ snapshotId, ...(filter === undefined ? {} : { filter }) }).plan();
  const deleted = scan.tasks.find((task) => task.deletes.length > 0);
  if (deleted !== undefined) {
    throw new OfflineStoreError(
      "UNSUPPORTED",
      `${deleted.dataFile.filePath} has delete files, which cannot be read yet; compact the table`,
    );
  }
  return { files: scan.tasks.map((task) => task.dataFile), report: scan.report };
}

/** The paths of data files on this machine. @throws OfflineStoreError `UNSUPPORTED` */
export function localPaths(files: readonly DataFile[]): readonly string[] {
  return files.map(({ filePath }) => {
    const path = localPath(filePath);
    if (path !== undefined) return path;
    throw new OfflineStoreError("UNSUPPORTED", `${filePath}: data files outside this machine cannot be read yet`);
  });
}
