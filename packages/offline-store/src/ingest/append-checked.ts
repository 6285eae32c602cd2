import type { Table } from "@icecore/iceberg-catalog";
import { type AppendRowsOptions, appendSelect, type Session } from "@icecore/iceberg-catalog/duckdb";
import type { CheckedRows } from "./checked-rows.ts";
import { type IngestResult, requireHead } from "./ingest-result.ts";

/** Appends rows that were looked at to a view's history, as one commit. */
export async function appendChecked(
  session: Session,
  table: Table,
  { select }: CheckedRows,
  options: Pick<AppendRowsOptions, "key" | "onProgress">,
): Promise<IngestResult> {
  const appended = await appendSelect(session, table, select, options);
  switch (appended.outcome) {
    case "appended": {
      const { rows, files, bytes } = appended;
      return { outcome: "ingested", snapshotId: requireHead(appended.table), rows, files, bytes };
    }
    case "already-appended":
      return { outcome: "already-ingested", snapshotId: appended.snapshot.snapshotId };
    case "no-rows":
      return { outcome: "nothing-to-ingest" };
  }
}
