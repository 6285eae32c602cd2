import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { IcebergError } from "../errors.ts";
import { FileCache, type FileCacheOptions } from "./file-cache/file-cache.ts";
import { Session } from "./session.ts";

/** Limits of the process's DuckDB. */
export interface DatabaseOptions {
  /** As DuckDB writes it: `2GB`. Default: DuckDB's own, 80 % of the machine. */
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
  /** Where data larger than memory spills to. Default: the system's temporary directory. */
  readonly tempDirectory?: string | undefined;
  /** How much may be spilt there, as `10GB`. Default: DuckDB's own, 90 % of what the disk has left. */
  readonly maxTempDirectorySize?: string | undefined;
  /** Where data files that are not on this machine are copied to before they are read. */
  readonly fileCache?: FileCacheOptions | undefined;
}

/** An in-memory DuckDB that sessions share. Temporary tables belong to one session. */
export class Database implements AsyncDisposable {
  readonly #instance: DuckDBInstance;
  readonly #fileCache: FileCache;

  private constructor(instance: DuckDBInstance, fileCache: FileCache) {
    this.#instance = instance;
    this.#fileCache = fileCache;
  }

  /** @throws IcebergError `INVALID_ARGUMENT` for limits that DuckDB does not understand */
  static async open(options: DatabaseOptions = {}): Promise<Database> {
    const settings = {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
      ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
      ...(options.maxTempDirectorySize === undefined ? {} : { max_temp_directory_size: options.maxTempDirectorySize }),
      // One of its own: a confined database may read its temporary directory, so no other may spill there.
      temp_directory: join(options.tempDirectory ?? tmpdir(), `icecore-duckdb-${crypto.randomUUID()}`),
    };
    const instance = await DuckDBInstance.create(":memory:", settings).catch((cause) => {
      throw new IcebergError(
        "INVALID_ARGUMENT",
        `DuckDB refuses ${limitsText(options)}; write sizes as 2GB or 512MiB`,
        { cause },
      );
    });
    const database = new Database(instance, new FileCache(options.fileCache));
    try {
      await using session = await database.connect();
      await session.run("SET GLOBAL TimeZone = 'UTC'");
      // What is thought to be few rows, and may be millions, would be compared with all others.
      await session.run("SET GLOBAL asof_loop_join_threshold = 0");
      return database;
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A session with the time zone UTC, so that no result depends on the machine's. */
  async connect(): Promise<Session> {
    return new Session(await this.#instance.connect(), this.#fileCache);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#instance.closeSync();
  }
}

function limitsText({ memoryLimit, threads, maxTempDirectorySize }: DatabaseOptions): string {
  const limits = Object.entries({ memory_limit: memoryLimit, threads, max_temp_directory_size: maxTempDirectorySize });
  return limits.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])).join(", ");
}
