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

/**
 * Plans a scan of a table at a snapshot; no snapshot: the table is empty.
 * @throws OfflineStoreError `UNSUPPORTED` where data files have delete files
 */
export async function scanTable(
  table: Table,
  snapshotId: SnapshotId | undefined,
  filter?: Predicate,
): Promise<TableScanResult> {
  const scan = await table
    .scan({ ...(snapshotId === undefined ? {} : { snapshotId }), ...(filter === undefined ? {} : { filter }) })
    .plan();
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
