import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import {
  appendSelect,
  findAppend,
  openRowSource,
  quotedIdentifier,
  type RowInput,
  type RowSource,
  type Session,
  type WriteProgress,
} from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import { checkRows } from "./check-rows.ts";
import { type IngestColumn, matchColumns } from "./match-columns.ts";

export interface IngestRequest {
  readonly view: FeatureView;
  readonly table: Table;
  readonly input: RowInput;
  /** The same key ingests once, whoever calls how often. */
  readonly key?: string | undefined;
  /** Microseconds since 1970-01-01T00:00:00Z: what `created` becomes where the input has none. */
  readonly nowMicros: bigint;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
}

export type IngestResult =
  | {
      readonly outcome: "ingested";
      readonly snapshotId: SnapshotId;
      readonly rows: bigint;
      readonly files: number;
      readonly bytes: bigint;
    }
  | { readonly outcome: "already-ingested"; readonly snapshotId: SnapshotId }
  | { readonly outcome: "nothing-to-ingest" };

/**
 * Appends rows to a feature view's table: checked as a whole, written as partitioned and sorted data files, committed
 * once. Nothing is visible before the commit, and nothing is left behind when it fails.
 * @throws OfflineStoreError `DATA_INVALID` with every finding, `FILE_NOT_FOUND`, `FILE_INVALID`, `STORAGE_FULL`
 */
export async function ingest(session: Session, request: IngestRequest): Promise<IngestResult> {
  const { table, key, onProgress } = request;
  const earlier = key === undefined ? undefined : findAppend(table.metadata, key);
  if (earlier !== undefined) return { outcome: "already-ingested", snapshotId: earlier.snapshotId };
  await using source = await openRowSource(session, request.input, "all");
  const select = await checkedRows(session, source, request);
  if (select === undefined) return { outcome: "nothing-to-ingest" };
  const appended = await appendSelect(session, table, select, { key, onProgress });
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

function requireHead(table: Table): SnapshotId {
  const snapshot = table.currentSnapshot();
  if (snapshot !== undefined) return snapshot.snapshotId;
  throw new OfflineStoreError(
    "DATA_INVALID",
    "the table is empty after a commit: somebody rolled it back; ingest again",
  );
}

/** The SELECT that gives the table's columns, after a look at every row of it; undefined where there is none. */
async function checkedRows(
  session: Session,
  source: RowSource,
  { view, table, nowMicros }: IngestRequest,
): Promise<string | undefined> {
  const { columns, findings } = matchColumns(source, view, table.schema, nowMicros);
  if (findings.length > 0) throw new OfflineStoreError("DATA_INVALID", `${source.label}: ${findings.join("\n")}`);
  if ((await checkRows(session, source, columns)) === 0n) return undefined;
  return `SELECT ${columns.map(selected).join(", ")} FROM ${source.relation}`;
}

function selected({ sql, field }: IngestColumn): string {
  return `${sql} AS ${quotedIdentifier(field.name)}`;
}
