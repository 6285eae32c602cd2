import type { FeatureView } from "@icecore/feature-registry";
import {
  type DataFile,
  findSnapshotBySummary,
  isIcebergError,
  type Snapshot,
  type SnapshotId,
  type Table,
  type TableMetadata,
} from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import {
  openRowSource,
  quotedIdentifier,
  type RowInput,
  type WriteProgress,
  writeDataFiles,
} from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import { checkRows } from "./check-rows.ts";
import { type IngestColumn, matchColumns } from "./match-columns.ts";

/** The snapshot summary's property that makes an ingest idempotent. */
export const ingestKeyProperty = "icecore.ingest-key";

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
  const { table, key } = request;
  const earlier = key === undefined ? undefined : findIngest(table.metadata, key);
  if (earlier !== undefined) return { outcome: "already-ingested", snapshotId: earlier.snapshotId };
  const select = await checkedRows(session, request);
  if (select === undefined) return { outcome: "nothing-to-ingest" };
  return writeAndCommit(session, request, select);
}

/** The SELECT that gives the table's columns, after a look at every row of it; undefined where there is none. */
async function checkedRows(
  session: Session,
  { view, table, input, nowMicros }: IngestRequest,
): Promise<string | undefined> {
  const source = await openRowSource(session, input, "all");
  const { columns, findings } = matchColumns(source, view, table.schema, nowMicros);
  if (findings.length > 0) throw new OfflineStoreError("DATA_INVALID", `${source.label}: ${findings.join("\n")}`);
  if ((await checkRows(session, source, columns)) === 0n) return undefined;
  return `SELECT ${columns.map(selected).join(", ")} FROM ${source.relation}`;
}

function selected({ sql, field }: IngestColumn): string {
  return `${sql} AS ${quotedIdentifier(field.name)}`;
}

async function writeAndCommit(session: Session, request: IngestRequest, select: string): Promise<IngestResult> {
  const { table, key, onProgress } = request;
  const files = await writeDataFiles(session, table, select, { onProgress });
  try {
    const snapshotId = await commitFiles(table, files, key);
    const rows = files.reduce((sum, file) => sum + file.recordCount, 0n);
    const bytes = files.reduce((sum, file) => sum + file.fileSizeInBytes, 0n);
    return { outcome: "ingested", snapshotId, rows, files: files.length, bytes };
  } catch (error) {
    if (isIcebergError(error, "COMMIT_STATE_UNKNOWN")) throw error;
    await Promise.all(files.map((file) => table.io.delete(file.filePath)));
    if (error instanceof IngestedMeanwhile) return { outcome: "already-ingested", snapshotId: error.snapshotId };
    throw error;
  }
}

async function commitFiles(table: Table, files: readonly DataFile[], key: string | undefined): Promise<SnapshotId> {
  const transaction = table.newTransaction();
  const committed = await (key === undefined
    ? transaction.fastAppend(files)
    : transaction
        .validate((base) => refuseSecond(base, key))
        .fastAppend(files, { summary: { [ingestKeyProperty]: key } })
  ).commit();
  const snapshot = committed.currentSnapshot();
  if (snapshot !== undefined) return snapshot.snapshotId;
  throw new OfflineStoreError(
    "DATA_INVALID",
    "the table is empty after a commit: somebody rolled it back; ingest again",
  );
}

/** Another process committed the same key while this one wrote its files. */
class IngestedMeanwhile extends Error {
  readonly snapshotId: SnapshotId;

  constructor(snapshotId: SnapshotId) {
    super("the key was ingested meanwhile");
    this.snapshotId = snapshotId;
  }
}

function refuseSecond(base: TableMetadata, key: string): void {
  const earlier = findIngest(base, key);
  if (earlier !== undefined) throw new IngestedMeanwhile(earlier.snapshotId);
}

function findIngest(metadata: TableMetadata, key: string): Snapshot | undefined {
  return findSnapshotBySummary(metadata, ingestKeyProperty, key);
}
