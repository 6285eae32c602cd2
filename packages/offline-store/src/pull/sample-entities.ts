import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import { quotedIdentifier, type Session, type TemporaryTables, withTables } from "@icecore/iceberg-catalog/duckdb";
import { keyColumns, newestRowsOf, tiedNewestRows } from "./newest-rows.ts";
import { pullSource, rowsAt } from "./pull-source.ts";
import { type PulledRows, pulledRows } from "./pulled-rows.ts";

export interface EntitySample {
  readonly snapshotId: SnapshotId;
  /** How many entities; all, where there are no more. */
  readonly size: number;
  /** Another seed draws other entities; the same draws the same. */
  readonly seed: number;
}

/** The newest row, at a snapshot, of entities drawn at random; all of them where several are equal in both timestamps. */
export async function sampleEntities(
  session: Session,
  view: FeatureView,
  loaded: Table,
  { snapshotId, size, seed }: EntitySample,
): Promise<PulledRows & AsyncDisposable> {
  const table = await loaded.withAllSnapshots();
  return withTables(session, async (tables) => {
    const source = pullSource(session, tables, view, table);
    const rows = await rowsAt(source, snapshotId);
    const { newest } = await tiedNewestRows(tables, view, await drawn(tables, view, rows, size, seed));
    return pulledRows(source, newest);
  });
}

async function drawn(
  tables: TemporaryTables,
  view: FeatureView,
  rows: string,
  size: number,
  seed: number,
): Promise<string> {
  const keys = keyColumns(view).map(quotedIdentifier);
  if (keys.length === 0) return rows;
  const columns = keys.join(", ");
  const known = keys.map((key) => `${key} IS NOT NULL`).join(" AND ");
  const sample = await tables.create(
    "sample",
    `SELECT DISTINCT ${columns} FROM ${rows} WHERE ${known} ORDER BY hash(${columns}, ${seed}), ${columns} LIMIT ${size}`,
    newestRowsOf(view),
  );
  return `(FROM ${rows} SEMI JOIN ${sample} USING (${columns}))`;
}
