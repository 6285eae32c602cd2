import { arrowProjection, type Session } from "@icecore/iceberg-catalog/duckdb";
import type { RecordBatch } from "apache-arrow";

/** Rows that lie ready in a temporary table. */
export interface PulledRows {
  readonly count: number;
  /** In bounded batches. */
  readonly batches: AsyncIterable<RecordBatch>;
}

export async function pulledRows(session: Session, table: string): Promise<PulledRows> {
  const { n } = await session.row(`SELECT count(*) AS n FROM ${table}`);
  return { count: Number(n), batches: arrowBatches(session, `SELECT * FROM ${table}`) };
}

/** Where there are none, nothing is computed. */
export function noRows(): PulledRows {
  const batches = (async function* () {})();
  return { count: 0, batches };
}

export async function* arrowBatches(session: Session, select: string): AsyncGenerator<RecordBatch> {
  const projection = arrowProjection(await session.describe(select));
  yield* session.batches(`SELECT ${projection} FROM (${select})`);
}
