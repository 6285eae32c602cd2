import { arrowProjection, type Session, type SourceColumn } from "@icecore/iceberg-catalog/duckdb";
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

/** `columns`: what the statement gives, where that is known. */
export async function* arrowBatches(
  session: Session,
  select: string,
  columns?: readonly SourceColumn[],
): AsyncGenerator<RecordBatch> {
  const projection = arrowProjection(columns ?? (await session.describe(select)));
  yield* session.batches(`SELECT ${projection} FROM (${select})`);
}
