import {
  appendKeySummary,
  findAppend,
  openRowSource,
  type RowInput,
  type Session,
  upsertRows,
  type WriteProgress,
} from "@icecore/iceberg-catalog/duckdb";
import { featureDefaults } from "../source/feature-defaults.ts";
import { appendChecked } from "./append-checked.ts";
import { type CheckedRows, checkedRows, type RowsDestination } from "./checked-rows.ts";
import { type IngestResult, requireHead } from "./ingest-result.ts";

/** What becomes of rows that are there: `append` keeps them, `upsert` replaces those with the same join keys and event timestamp. */
export type IngestMode = "append" | "upsert";

export interface IngestRequest extends RowsDestination {
  readonly input: RowInput;
  /** The same key ingests once, whoever calls how often. */
  readonly key?: string | undefined;
  /** Default: `append`. */
  readonly mode?: IngestMode | undefined;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
}

/**
 * Brings rows into a feature view's table: checked as a whole, written as partitioned and sorted data files, committed
 * once. Nothing is visible before the commit, and nothing is left behind when it fails.
 * @throws OfflineStoreError `DATA_INVALID` with every finding, `FILE_NOT_FOUND`, `FILE_INVALID`, `STORAGE_FULL`
 */
export async function ingest(session: Session, request: IngestRequest): Promise<IngestResult> {
  const { table, key, onProgress } = request;
  const earlier = key === undefined ? undefined : findAppend(table.metadata, key);
  if (earlier !== undefined) return { outcome: "already-ingested", snapshotId: earlier.snapshotId };
  await using source = await openRowSource(session, request.input, "all");
  const rows = await checkedRows(session, source, request);
  if (rows === undefined) return { outcome: "nothing-to-ingest" };
  if (request.mode === "upsert") return await upsert(session, request, rows);
  return await appendChecked(session, table, rows, { key, onProgress });
}

async function upsert(
  session: Session,
  { view, table, key, onProgress }: IngestRequest,
  { select, hasCreated }: CheckedRows,
): Promise<IngestResult> {
  const upserted = await upsertRows(
    session,
    table,
    { sql: select },
    {
      on: [...view.joinKeys.map(({ name }) => name), view.timestampField],
      defaults: featureDefaults(view),
      onProgress,
      // The same rows again are no news, though they are written later.
      ignoreDifferencesIn: hasCreated ? [] : [view.createdTimestampColumn],
      summary: appendKeySummary(key === undefined ? [] : [key]),
    },
  );
  const { inserted, updated, unchanged } = upserted;
  return { outcome: "upserted", snapshotId: requireHead(upserted.table), inserted, updated, unchanged };
}
