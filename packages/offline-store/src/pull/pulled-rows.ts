import { arrowProjection, type Session, type SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import type { RecordBatch } from "apache-arrow";
import type { PullSource } from "./pull-source.ts";

/** Rows that lie ready in a temporary table. */
export interface PulledRows {
  readonly count: number;
  /** In bounded batches. */
  readonly batches: AsyncIterable<RecordBatch>;
}

/** The rows of a table that lies among the source's. */
export function pulledRows({ session, tables }: PullSource, table: string): PulledRows {
  return { count: Number(tables.count(table)), batches: arrowBatches(session, `SELECT * FROM ${table}`) };
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
