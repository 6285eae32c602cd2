import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Hono } from "hono";
import type { Fetch } from "../catalog/rest/fetch-send.ts";
import { confinedFileIO } from "../io/confined.ts";
import { localFileIO } from "../io/local.ts";
import { timestampMs } from "../spec/ids.ts";
import { createCatalogApp } from "./http/app.ts";
import { lmdbStore } from "./store/lmdb-store.ts";

export interface EmbeddedCatalogOptions {
  /** Folder of the catalog; made when it is not there. */
  readonly path: string;
  /** Folder that the tables' files are in; nothing outside it is read, written or deleted. Default: `warehouse` in `path`. */
  readonly warehouse?: string;
  /** Bearer token that every request must carry. */
  readonly token?: string;
}

/** An Iceberg REST catalog inside this process. */
export interface EmbeddedCatalog {
  /** To be served over HTTP, on its own or inside another application. */
  readonly app: Hono;
  /** Answers a request without a network: for `RestCatalog.connect({ uri: "http://embedded", fetch })`. */
  readonly fetch: Fetch;
  /** Location under which tables are put. */
  readonly warehouse: string;
  close(): Promise<void>;
}

/**
 * Opens the catalog that is kept in a folder: `catalog.lmdb` knows the tables, `warehouse/` has their files. Several
 * processes may have the same folder open.
 *
 * @example
 * const embedded = await openEmbeddedCatalog({ path: ".icecore" });
 * const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
 */
export async function openEmbeddedCatalog(options: EmbeddedCatalogOptions): Promise<EmbeddedCatalog> {
  const folder = resolve(options.path);
  const warehouseFolder = resolve(options.warehouse ?? join(folder, "warehouse"));
  await mkdir(folder, { recursive: true });
  await mkdir(warehouseFolder, { recursive: true });
  const store = lmdbStore(join(folder, "catalog.lmdb"));
  // A location is the path as it is, behind a scheme: encoding it would name another folder.
  const warehouse = `file://${warehouseFolder}`;
  const context = {
    store,
    io: confinedFileIO(localFileIO(), warehouse),
    warehouse,
    now: () => timestampMs(Date.now()),
    newUuid: () => randomUUID(),
  };
  const app = createCatalogApp(context, options);
  return { app, fetch: async (request) => app.fetch(request), warehouse, close: () => store.close() };
}
