import type { RecordBatch } from "apache-arrow";
import { arrowProjection } from "../duckdb/arrow-projection.ts";
import { Database, type DatabaseOptions } from "../duckdb/database.ts";
import { subquery } from "../duckdb/quote.ts";
import type { At } from "../source/pin.ts";
import { type AttachedTable, attachTables, type FindTable } from "./attach-tables.ts";

export interface QueryRequest {
  readonly sql: string;
  readonly at: At;
  readonly findTable: FindTable;
}

/** A query that is ready to run: nothing has been computed yet. */
export interface PreparedQuery {
  readonly tables: readonly AttachedTable[];
  readonly columns: readonly string[];
  /** The result as Arrow; memory does not grow with it. */
  batches(): AsyncIterable<RecordBatch>;
}

/**
 * Runs a SELECT over the catalog's tables in a DuckDB of its own that can read their data files and nothing else: no
 * other file, no network, no extension, no setting.
 * @throws OfflineStoreError `QUERY_INVALID`, `QUERY_REFUSED`
 */
export async function runQuery<T>(
  options: DatabaseOptions,
  request: QueryRequest,
  use: (query: PreparedQuery) => Promise<T>,
): Promise<T> {
  await using database = await Database.open(options);
  await using session = await database.connect();
  const tables = await attachTables(session, request.sql, request.at, request.findTable);
  await session.confine(tables.flatMap((table) => table.paths));
  const columns = await session.describe(request.sql);
  const projected = `SELECT ${arrowProjection(columns)} FROM ${subquery(request.sql)}`;
  return await use({ tables, columns: columns.map(({ name }) => name), batches: () => session.batches(projected) });
}
