import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import { type Session, TemporaryTables } from "@icecore/iceberg-catalog/duckdb";
import type { RecordBatch } from "apache-arrow";
import { pullSource, rowsAt } from "./pull-source.ts";
import { withoutRow } from "./without-row.ts";

/** Of entities, given as batches of their join keys, those that the table has no row of at a snapshot. */
export async function* entitiesWithoutRow(
  session: Session,
  view: FeatureView,
  loaded: Table,
  snapshotId: SnapshotId,
  entities: AsyncIterable<RecordBatch>,
): AsyncGenerator<RecordBatch> {
  const table = await loaded.withAllSnapshots();
  await using tables = new TemporaryTables(session);
  const rows = await rowsAt(pullSource(session, tables, view, table), snapshotId);
  yield* withoutRow(session, view, rows, entities);
}
