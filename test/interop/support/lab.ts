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
import { Database, type Session } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";

/** A catalog of its own, served over HTTP to other engines, and our engine beside it. All tables are in the namespace `lab`. */
export interface Lab extends AsyncDisposable {
  readonly folder: string;
  readonly uri: string;
  readonly session: Session;
  createTable(name: string, request: CreateTableRequest): Promise<Table>;
  loadTable(name: string): Promise<Table>;
  registerTable(name: string, metadataLocation: string): Promise<unknown>;
}

export async function openLab(): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), "icecore-lab-"));
  const embedded = await openEmbeddedCatalog({ path: join(folder, "catalog") });
  const server = createAdaptorServer({ fetch: embedded.app.fetch });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const catalog = await RestCatalog.connect({ uri });
  await catalog.createNamespace(["lab"]);
  const database = await Database.open({ threads: 2 });
  const session = await database.connect();
  const identifier = (name: string) => ({ namespace: ["lab"], name });
  return {
    folder,
    uri,
    session,
    createTable: (name, request) => createTable(catalog, identifier(name), request, localFileIO()),
    loadTable: (name) => loadTable(catalog, identifier(name), localFileIO()),
    registerTable: (name, location) => catalog.registerTable(identifier(name), location),
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await new Promise((done) => server.close(done));
      await embedded.close();
      await rm(folder, { recursive: true });
    },
  };
}
