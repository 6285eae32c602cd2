import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreateTableRequest } from "../../catalog/catalog.ts";
import { RestCatalog } from "../../catalog/rest/rest-catalog.ts";
import { localFileIO } from "../../io/local.ts";
import { openEmbeddedCatalog } from "../../server/open-embedded-catalog.ts";
import { createTable, type Table } from "../../table.ts";
import { Database, type DatabaseOptions } from "../database.ts";
import { type ReadRowsOptions, rowsSql } from "../operations/read-rows.ts";
import type { Row, Session } from "../session.ts";

/** A catalog in a temporary folder, and a DuckDB session. */
export class TableLab implements AsyncDisposable {
  readonly directory: string;
  readonly catalog: RestCatalog;
  readonly database: Database;
  readonly session: Session;
  readonly #close: () => Promise<void>;
  #tables = 0;

  private constructor(
    directory: string,
    catalog: RestCatalog,
    database: Database,
    session: Session,
    close: () => Promise<void>,
  ) {
    this.directory = directory;
    this.catalog = catalog;
    this.database = database;
    this.session = session;
    this.#close = close;
  }

  static async open(options: DatabaseOptions = {}): Promise<TableLab> {
    const directory = await mkdtemp(join(tmpdir(), "icecore-lab-"));
    const embedded = await openEmbeddedCatalog({ path: join(directory, "catalog") });
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
    await catalog.createNamespace(["lab"]);
    const database = await Database.open(options);
    return new TableLab(directory, catalog, database, await database.connect(), async () => {
      await embedded.close();
      await rm(directory, { recursive: true, force: true });
    });
  }

  /** A table of its own. */
  createTable(request: CreateTableRequest): Promise<Table> {
    const identifier = { namespace: ["lab"], name: `t${++this.#tables}` };
    return createTable(this.catalog, identifier, request, localFileIO());
  }

  async rows(table: Table, options?: ReadRowsOptions): Promise<readonly Row[]> {
    return this.session.rows(await rowsSql(this.session, table, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
    await this.#close();
  }
}
