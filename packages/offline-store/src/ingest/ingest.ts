import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import {
  appendKeyProperty,
  appendSelect,
  findAppend,
  openRowSource,
  quotedIdentifier,
  type RowInput,
  type RowSource,
  type Session,
  upsertRows,
  type WriteProgress,
} from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import { featureDefaults } from "../source/feature-defaults.ts";
import { checkRows } from "./check-rows.ts";
import { type IngestColumn, matchColumns } from "./match-columns.ts";

/** What becomes of rows that are there: `append` keeps them, `upsert` replaces those with the same join keys and event timestamp. */
export type IngestMode = "append" | "upsert";

export interface IngestRequest {
  readonly view: FeatureView;
  readonly table: Table;
  readonly input: RowInput;
  /** The same key ingests once, whoever calls how often. */
  readonly key?: string | undefined;
  /** Default: `append`. */
  readonly mode?: IngestMode | undefined;
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
  | {
      readonly outcome: "upserted";
      readonly snapshotId: SnapshotId;
      readonly inserted: bigint;
      readonly updated: bigint;
      /** Rows that were there already with the same values. */
      readonly unchanged: bigint;
    }
  | { readonly outcome: "already-ingested"; readonly snapshotId: SnapshotId }
  | { readonly outcome: "nothing-to-ingest" };

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
  const appended = await appendSelect(session, table, rows.select, { key, onProgress });
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
      ...(key !== undefined && { summary: { [appendKeyProperty]: key } }),
    },
  );
  const { inserted, updated, unchanged } = upserted;
  return { outcome: "upserted", snapshotId: requireHead(upserted.table), inserted, updated, unchanged };
}

function requireHead(table: Table): SnapshotId {
  const snapshot = table.currentSnapshot();
  if (snapshot !== undefined) return snapshot.snapshotId;
  throw new OfflineStoreError(
    "DATA_INVALID",
    "the table is empty after a commit: somebody rolled it back; ingest again",
  );
}

interface CheckedRows {
  /** Gives the table's columns. */
  readonly select: string;
  /** Whether the rows say when they were created. */
  readonly hasCreated: boolean;
}

/** The rows after a look at every one of them; undefined where there is none. */
async function checkedRows(
  session: Session,
  source: RowSource,
  { view, table, nowMicros }: IngestRequest,
): Promise<CheckedRows | undefined> {
  const { columns, findings } = matchColumns(source, view, table.schema, nowMicros);
  if (findings.length > 0) throw new OfflineStoreError("DATA_INVALID", `${source.label}: ${findings.join("\n")}`);
  if ((await checkRows(session, source, columns)) === 0n) return undefined;
  return {
    select: `SELECT ${columns.map(selected).join(", ")} FROM ${source.relation}`,
    hasCreated: source.columns.some(({ name }) => name === view.createdTimestampColumn),
  };
}

function selected({ sql, field }: IngestColumn): string {
  return `${sql} AS ${quotedIdentifier(field.name)}`;
}
