import { Database, type DatabaseOptions, type StoredResult, storeResult } from "@icecore/iceberg-catalog/duckdb";
import { type At, refuseUnreadViews } from "../source/pin.ts";
import { type AttachedTable, attachTables, type FindTable } from "./attach-tables.ts";

export interface QueryRequest {
  readonly sql: string;
  readonly at: At;
  readonly findTable: FindTable;
}

/** A query that has been run, and the tables it was run over. */
export interface PreparedQuery extends StoredResult {
  readonly tables: readonly AttachedTable[];
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
  // A snapshot is given for a table's own name, whatever namespace it is in.
  refuseUnreadViews(
    request.at,
    tables.map(({ name }) => name.slice(name.lastIndexOf(".") + 1)),
  );
  await session.confine(tables.flatMap((table) => table.paths));
  return await use({ tables, ...(await storeResult(session, request.sql)) });
}
