import {
  Database,
  type DatabaseOptions,
  type Session,
  type StoredResult,
  storeResult,
  subquery,
  writeOutput,
} from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import { type At, refuseUnreadViews } from "../source/pin.ts";
import { type AttachedTable, attachTablesOf, type FindTable } from "./attach-tables.ts";
import { Deadline } from "./deadline.ts";
import { parseSelect } from "./sql-tree.ts";
import { refuseTableFunctions } from "./table-functions.ts";

/** What a query may take; more is an error. Left out: no limit. Memory is a limit of the database. */
export interface QueryLimits {
  readonly timeoutSeconds?: number | undefined;
  /** Rows of the result. */
  readonly maxRows?: number | undefined;
}

export interface QueryRequest {
  readonly sql: string;
  readonly at: At;
  readonly findTable: FindTable;
  readonly limits?: QueryLimits | undefined;
  /** A directory that the result may be written to; see {@link PreparedQuery.write}. */
  readonly outputDirectory?: string | undefined;
  /** Ends the query when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/** A query that has been run, and the tables it was run over. */
export interface PreparedQuery extends StoredResult {
  readonly tables: readonly AttachedTable[];
  /** Writes the rows to a file of the output directory, whose name says the format. */
  write(path: string): Promise<void>;
}

/** A query that is open until it is disposed of: its result lies in a DuckDB of its own. */
export interface OpenQuery extends PreparedQuery, AsyncDisposable {}

/** Runs a query and hands its result to `use`; see {@link openQuery}. */
export async function runQuery<T>(
  options: DatabaseOptions,
  request: QueryRequest,
  use: (query: PreparedQuery) => Promise<T>,
): Promise<T> {
  await using query = await openQuery(options, request);
  return await use(query);
}

/**
 * Runs a SELECT over the catalog's tables in a DuckDB of its own that can read their data files and nothing else: no
 * other file, no network, no extension, no setting. The result is whole when this returns.
 * @throws OfflineStoreError `QUERY_INVALID`, `QUERY_REFUSED`, `QUERY_TIMED_OUT`, `QUERY_TOO_LARGE`
 */
export async function openQuery(options: DatabaseOptions, request: QueryRequest): Promise<OpenQuery> {
  const database = await Database.open(options);
  const session = await database.connect();
  const dispose = async () => {
    await session[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  };
  try {
    return { ...(await prepare(session, request)), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function prepare(session: Session, request: QueryRequest): Promise<PreparedQuery> {
  const { sql, at, limits = {}, outputDirectory, signal } = request;
  using deadline = new Deadline(session, limits.timeoutSeconds, signal);
  const tables = await deadline.run(async () => {
    const statement = await parseSelect(session, sql);
    refuseTableFunctions(statement);
    return attachTablesOf(session, statement, at, request.findTable);
  });
  // A snapshot is given for a table's own name, whatever namespace it is in.
  refuseUnreadViews(
    at,
    tables.map(({ name }) => name.slice(name.lastIndexOf(".") + 1)),
  );
  const result = await deadline.run(async () => {
    await session.confine(
      tables.flatMap((table) => table.paths),
      outputDirectory,
    );
    return limitedResult(session, sql, limits.maxRows);
  });
  return { tables, ...result, write: (path) => writeOutput(session, result.select, path) };
}

async function limitedResult(session: Session, sql: string, maxRows: number | undefined): Promise<StoredResult> {
  if (maxRows === undefined) return storeResult(session, sql);
  const result = await storeResult(session, `SELECT * FROM ${subquery(sql)} LIMIT ${maxRows + 1}`);
  if (result.rows <= BigInt(maxRows)) return result;
  throw new OfflineStoreError(
    "QUERY_TOO_LARGE",
    `query: the result has more than ${maxRows} rows, which is the limit; ask for fewer (WHERE, LIMIT, GROUP BY), or raise max_rows`,
  );
}
