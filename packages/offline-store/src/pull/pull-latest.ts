import type { FeatureView } from "@icecore/feature-registry";
import { isIcebergError, requireField, type Schema, type SnapshotId, type Table } from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import {
  arrowProjection,
  openFiles,
  quotedIdentifier,
  type ReadableFile,
  scanTable,
  tableRelation,
} from "@icecore/iceberg-catalog/duckdb";
import type { RecordBatch } from "apache-arrow";

/** The newest row of each entity, among the rows that matter to a materialization. */
export interface LatestRows {
  /** The snapshot up to which rows were read; undefined while the table is empty. */
  readonly snapshotId: SnapshotId | undefined;
  readonly mode: "full" | "incremental";
  /** Why a run that could have been incremental is full. */
  readonly reason?: string;
  readonly rowCount: number;
  /** Columns: join keys, event timestamp, created timestamp, features. */
  readonly batches: AsyncIterable<RecordBatch>;
}

interface FilesToRead {
  readonly mode: "full" | "incremental";
  readonly reason?: string;
  readonly schema: Schema;
  readonly files: readonly ReadableFile[];
}

/**
 * The newest row per entity among what was appended after snapshot `since`, or of the whole table: without `since`, or
 * where the snapshots between do more than append. Rows live in a temporary table of the session until the batches
 * have been read.
 */
export async function pullLatest(
  session: Session,
  view: FeatureView,
  table: Table,
  since?: SnapshotId,
): Promise<LatestRows> {
  const snapshotId = table.currentSnapshot()?.snapshotId;
  const { mode, reason, schema, files } = await filesToRead(session, table, since);
  const name = quotedIdentifier(`latest_${crypto.randomUUID()}`);
  await session.run(`CREATE TEMP TABLE ${name} AS ${latestQuery(view, schema, files)}`, `latest rows of ${view.name}`);
  const count = await session.row(`SELECT count(*) AS n FROM ${name}`);
  return {
    snapshotId,
    mode,
    ...(reason === undefined ? {} : { reason }),
    rowCount: Number(count["n"]),
    batches: batchesOf(session, name),
  };
}

async function filesToRead(session: Session, table: Table, since: SnapshotId | undefined): Promise<FilesToRead> {
  const current = table.currentSnapshot()?.snapshotId;
  if (since === undefined || current === undefined) return fullScan(session, table, current);
  if (since === current) return { mode: "incremental", schema: table.schema, files: [] };
  try {
    const appended = await table.incrementalAppendScan({ from: since, to: current });
    const [other] = appended.nonAppendSnapshots;
    if (other !== undefined)
      return await fullScan(session, table, current, `snapshot ${other.snapshotId} did more than append`);
    return { mode: "incremental", schema: table.schema, files: await openFiles(session, table, appended.tasks) };
  } catch (error) {
    if (!isIcebergError(error, "SNAPSHOT_NOT_FOUND")) throw error;
    return fullScan(
      session,
      table,
      current,
      `snapshot ${since}, the last one materialized, is no longer in the table's history`,
    );
  }
}

async function fullScan(
  session: Session,
  table: Table,
  current: SnapshotId | undefined,
  reason?: string,
): Promise<FilesToRead> {
  const { tasks } = await scanTable(table, current);
  const files = await openFiles(session, table, tasks);
  return { mode: "full", schema: table.schema, files, ...(reason === undefined ? {} : { reason }) };
}

function latestQuery(view: FeatureView, schema: Schema, files: readonly ReadableFile[]): string {
  const keys = view.joinKeys.map((key) => key.name);
  const values = [view.timestampField, view.createdTimestampColumn, ...view.features.map((feature) => feature.name)];
  const columns = [...keys, ...values].map((name) => {
    const fallback = view.features.find((feature) => feature.name === name)?.default;
    return { field: requireField(schema, name), ...(fallback === undefined ? {} : { default: String(fallback) }) };
  });
  const created = `coalesce(${quotedIdentifier(view.createdTimestampColumn)}, TIMESTAMPTZ '-infinity')`;
  const rank = [`t := ${quotedIdentifier(view.timestampField)}`, `c := ${created}`];
  const packed = values.map((name, index) => `v${index} := ${quotedIdentifier(name)}`);
  const unpacked = values.map((name, index) => `newest.v${index} AS ${quotedIdentifier(name)}`);
  const quotedKeys = keys.map(quotedIdentifier);
  const group = quotedKeys.length === 0 ? "" : `GROUP BY ${quotedKeys.join(", ")}`;
  return `SELECT ${[...quotedKeys, ...unpacked].join(", ")} FROM (
    SELECT ${[...quotedKeys, `max(struct_pack(${[...rank, ...packed].join(", ")})) AS newest`].join(", ")}
    FROM ${tableRelation(files, columns)} ${group}
  ) WHERE newest IS NOT NULL`;
}

async function* batchesOf(session: Session, name: string): AsyncGenerator<RecordBatch> {
  try {
    const projection = arrowProjection(await session.describe(`SELECT * FROM ${name}`));
    yield* session.batches(`SELECT ${projection} FROM ${name}`);
  } finally {
    await session.run(`DROP TABLE ${name}`);
  }
}
