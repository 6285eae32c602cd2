import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import {
  type CreateTableRequest,
  createTable,
  loadTable,
  localFileIO,
  RestCatalog,
  type Table,
} from "@icecore/iceberg-catalog";
import { Database, type ReadRowsOptions, rowsSql, type Session } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import { expect } from "vitest";
import { type Spark, startSpark } from "./spark.ts";
import { parseSpelled, type SpelledRow, sorted, spelledSelect } from "./spelled-rows.ts";

/** A catalog of its own, served over HTTP to Spark, and our engine beside it. All tables are in the namespace `lab`. */
export interface SparkLab extends AsyncDisposable {
  readonly folder: string;
  readonly uri: string;
  readonly session: Session;
  /** Runs a statement in Spark. */
  spark(statement: string): Promise<readonly SpelledRow[]>;
  createTable(name: string, request: CreateTableRequest): Promise<Table>;
  loadTable(name: string): Promise<Table>;
  registerTable(name: string, metadataLocation: string): Promise<unknown>;
}

export async function openSparkLab(): Promise<SparkLab> {
  const folder = await mkdtemp(join(tmpdir(), "icecore-spark-"));
  const embedded = await openEmbeddedCatalog({ path: join(folder, "catalog") });
  const server = createAdaptorServer({ fetch: embedded.app.fetch });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const catalog = await RestCatalog.connect({ uri });
  await catalog.createNamespace(["lab"]);
  const database = await Database.open({ threads: 2 });
  const session = await database.connect();
  const spark: Spark = await startSpark(uri, folder);
  const identifier = (name: string) => ({ namespace: ["lab"], name });
  return {
    folder,
    uri,
    session,
    spark: spark.sql,
    createTable: (name, request) => createTable(catalog, identifier(name), request, localFileIO()),
    loadTable: (name) => loadTable(catalog, identifier(name), localFileIO()),
    registerTable: (name, location) => catalog.registerTable(identifier(name), location),
    [Symbol.asyncDispose]: async () => {
      await spark[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await new Promise((done) => server.close(done));
      await embedded.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The rows that our engine reads, spelled. */
export async function ourRows(
  session: Session,
  table: Table,
  options: ReadRowsOptions = {},
): Promise<readonly SpelledRow[]> {
  const { schema } = table.scan(options.snapshotId === undefined ? {} : { snapshotId: options.snapshotId });
  const rows = await session.rows(spelledSelect(schema, await rowsSql(session, table, options)));
  return rows.map((row) => parseSpelled(String(row["spelled"])) as SpelledRow);
}

/** Both engines read the same rows of a table as it is now, and there are so many. */
export async function expectSameRows(lab: SparkLab, name: string, count: number): Promise<void> {
  const table = await lab.loadTable(name);
  const ours = await ourRows(lab.session, table);
  const theirs = await lab.spark(`SELECT * FROM lab.${name}`);
  expect(sorted(ours)).toEqual(sorted(theirs));
  expect(ours).toHaveLength(count);
}
