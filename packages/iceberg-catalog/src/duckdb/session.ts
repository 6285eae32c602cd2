import { setTimeout } from "node:timers/promises";
import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import type { RecordBatch } from "apache-arrow";
import { IcebergError } from "../errors.ts";
import { recordBatches } from "./arrow.ts";
import { toIcebergError } from "./errors.ts";
import type { FileCache } from "./file-cache/file-cache.ts";
import type { FileLease } from "./file-cache/file-lease.ts";
import { escapeGlob, quotedStrings } from "./quote.ts";

/** A small result's row: DuckDB's own JavaScript values. */
export type Row = Readonly<Record<string, unknown>>;

/** How far a statement is. */
export interface Progress {
  /** 0 to 100; -1 while DuckDB cannot tell. */
  readonly percentage: number;
}

/** One connection. Statements run one after the other; errors come out classified. */
export class Session implements AsyncDisposable {
  readonly #connection: DuckDBConnection;
  /** The files that a confined session may read; empty before. */
  #readable: readonly string[] = [];

  /** Statements that have not ended: DuckDB does not survive a connection that is closed under one. */
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  readonly #cache: FileCache;
  /** Data files that are read at any time until the session ends, and copies of which it then gives back. */
  readonly files: FileLease;

  constructor(connection: DuckDBConnection, cache: FileCache) {
    this.#connection = connection;
    this.#cache = cache;
    this.files = cache.lease();
  }

  /** Data files that are read until they are given back: a session may see more of them than a disk holds. */
  leaseFiles(): FileLease {
    return this.#cache.lease();
  }

  /** Runs a statement for its effect. `doing` starts the message of an error. */
  async run(sql: string, doing = "query"): Promise<void> {
    await this.#classified(doing, () => this.#connection.run(sql));
  }

  /** Runs a statement that gives few rows. */
  async rows(sql: string, doing = "query"): Promise<readonly Row[]> {
    const reader = await this.#classified(doing, () => this.#connection.runAndReadAll(sql));
    return reader.getRowObjectsJS();
  }

  /** The first row of a statement that always gives one. */
  async row(sql: string, doing = "query"): Promise<Row> {
    const [first] = await this.rows(sql, doing);
    return first ?? {};
  }

  /** Names and DuckDB types of a query's columns, without running it. */
  async describe(sql: string, doing = "query"): Promise<readonly SourceColumn[]> {
    const rows = await this.rows(`DESCRIBE ${sql}`, doing);
    return rows.map((row) => ({ name: String(row["column_name"]), type: String(row["column_type"]) }));
  }

  /**
   * From now on, and for good, this database reads these files and nothing else outside itself. Into `outputDirectory` it
   * writes, too; whoever may run any statement but a SELECT can do so as well.
   */
  async confine(readablePaths: readonly string[], outputDirectory?: string): Promise<void> {
    // What is asked for is a pattern that stands for the path, and both are looked up.
    const allowed = [...new Set([...readablePaths, ...readablePaths.map(escapeGlob)])];
    await this.run(`SET allowed_paths = ${quotedStrings(allowed)}`);
    if (outputDirectory !== undefined) await this.run(`SET allowed_directories = ${quotedStrings([outputDirectory])}`);
    await this.run("SET enable_external_access = false");
    await this.run("SET lock_configuration = true");
    this.#readable = readablePaths;
  }

  /**
   * Streams a table as Arrow; memory does not grow with it. For reading what is there: a query of which a row fails would end
   * early, as if that were all; see `storeResult`.
   */
  async *batches(sql: string, doing = "query"): AsyncGenerator<RecordBatch> {
    const result = await this.#classified(doing, () => this.#connection.stream(sql));
    try {
      yield* recordBatches(result);
    } catch (error) {
      throw this.#explain(error, doing);
    }
  }

  /** Ends the statement that is running now, which fails; nothing where none is. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  /** Appends to a temporary table, by its unquoted name. The caller closes it. */
  appender(temporaryTable: string): Promise<DuckDBAppender> {
    return this.#connection.createAppender(temporaryTable, "main", "temp");
  }

  /** Progress of the statement that is running now. */
  get progress(): Progress {
    return { percentage: this.#connection.progress.percentage };
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Ends the session, and with it what is still running in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    // A statement that has only been sent does not hear of it.
    for (; this.#running.size > 0; await setTimeout(5)) this.#connection.interrupt();
    this.#connection.closeSync();
    await this.files[Symbol.asyncDispose]();
  }

  async #classified<T>(doing: string, action: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new IcebergError("QUERY_REFUSED", `${doing}: the session was closed before it was done`);
    const running = action();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      throw this.#explain(error, doing);
    } finally {
      this.#running.delete(running);
    }
  }

  /** A file that may be read and cannot be is gone: DuckDB then looks for others of its name, which it may not. */
  #explain(error: unknown, doing: string): IcebergError {
    const known = toIcebergError(error, doing);
    const gone = known.code === "QUERY_REFUSED" && this.#readable.find((path) => known.message.includes(`"${path}/`));
    if (!gone) return known;
    const message = `${gone}: the data file is gone; restore it, or roll the table back to a snapshot without it`;
    return new IcebergError("FILE_NOT_FOUND", message, { cause: error });
  }
}

export interface SourceColumn {
  readonly name: string;
  readonly type: string;
}
