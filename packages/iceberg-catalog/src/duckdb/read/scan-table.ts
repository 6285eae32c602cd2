import type { Predicate } from "../../expr/predicate.ts";
import type { FileScanTask, ScanReport } from "../../scan/file-scan-task.ts";
import type { SnapshotId } from "../../spec/ids.ts";
import type { Table } from "../../table.ts";

/** The data files of a table that can hold matching rows with their deletes, and how many files could not. */
export interface TableScanResult {
  readonly tasks: readonly FileScanTask[];
  readonly report: ScanReport;
}

const nothingRead: ScanReport = {
  manifests: { total: 0, skipped: 0 },
  files: { kept: 0, pruned: 0 },
  bytes: { kept: 0n, pruned: 0n },
};

/** Plans a scan of a table at a snapshot; no snapshot: the table was empty, whatever it holds by now. */
export async function scanTable(
  table: Table,
  snapshotId: SnapshotId | undefined,
  filter?: Predicate,
): Promise<TableScanResult> {
  if (snapshotId === undefined) return { tasks: [], report: nothingRead };
  const { tasks, report } = await (await table.withSnapshot(snapshotId))
    .scan({ snapshotId, ...(filter === undefined ? {} : { filter }) })
    .plan();
  return { tasks, report };
}
