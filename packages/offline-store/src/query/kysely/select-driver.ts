import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import { OfflineStoreError } from "../../errors.ts";
import type { OpenQuery } from "../query.ts";
import { rowObjects } from "./row-objects.ts";

/** Runs one SELECT. */
export type OpenSelect = (sql: string) => Promise<OpenQuery>;

/** Runs what Kysely compiles, each statement as a query of its own: there is nothing to connect to. */
export class SelectDriver implements Driver {
  readonly #open: OpenSelect;

  constructor(open: OpenSelect) {
    this.#open = open;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SelectConnection(this.#open);
  }

  async beginTransaction(): Promise<void> {
    throw noTransaction();
  }

  async commitTransaction(): Promise<void> {
    throw noTransaction();
  }

  async rollbackTransaction(): Promise<void> {
    throw noTransaction();
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

function noTransaction(): OfflineStoreError {
  return new OfflineStoreError(
    "QUERY_REFUSED",
    "query: there are no transactions; every query reads one state already",
  );
}

class SelectConnection implements DatabaseConnection {
  readonly #open: OpenSelect;

  constructor(open: OpenSelect) {
    this.#open = open;
  }

  async executeQuery<R>({ sql }: CompiledQuery): Promise<QueryResult<R>> {
    await using query = await this.#open(sql);
    const rows: R[] = [];
    for await (const batch of query.batches()) for (const row of rowObjects(batch)) rows.push(row as R);
    return { rows };
  }

  async *streamQuery<R>({ sql }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    await using query = await this.#open(sql);
    for await (const batch of query.batches()) yield { rows: rowObjects(batch) as R[] };
  }
}
