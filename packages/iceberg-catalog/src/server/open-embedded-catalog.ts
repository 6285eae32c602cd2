import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Hono } from "hono";
import type { Fetch } from "../catalog/rest/fetch-send.ts";
import { IcebergError } from "../errors.ts";
import { confinedFileIO } from "../io/confined.ts";
import type { FileIO } from "../io/file-io.ts";
import { localFileIO } from "../io/local.ts";
import { movedFileIO, overlapping } from "../io/moved-folder.ts";
import { timestampMs } from "../spec/ids.ts";
import { createCatalogApp } from "./http/app.ts";
import { KnownMetadata } from "./operations/known-metadata.ts";
import { findWarehouses, putWarehouses } from "./store/catalog-state.ts";
import type { CatalogStore } from "./store/catalog-store.ts";
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
  /**
   * The files of the tables, for a client in this process. Of a warehouse that has been moved or copied it finds them where
   * they are now, by the locations that are recorded of them.
   */
  readonly io: FileIO;
  close(): Promise<void>;
}

/**
 * Opens the catalog that is kept in a folder: `catalog.lmdb` knows the tables, `warehouse/` has their files. Several
 * processes may have the same folder open. A folder that was moved or copied as a whole works where it is: Iceberg records
 * absolute locations, and those under a folder where the warehouse was are looked for where it is now.
 *
 * @example
 * const embedded = await openEmbeddedCatalog({ path: ".icecore" });
 * const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
 */
export async function openEmbeddedCatalog(options: EmbeddedCatalogOptions): Promise<EmbeddedCatalog> {
  const home = resolve(options.path);
  const warehouseFolder = resolve(options.warehouse ?? join(home, "warehouse"));
  await mkdir(home, { recursive: true });
  await mkdir(warehouseFolder, { recursive: true });
  const store = lmdbStore(join(home, "catalog.lmdb"));
  // A location is the path as it is, behind a scheme: encoding it would name another folder.
  const warehouse = `file://${warehouseFolder}`;
  const formerWarehouses = await recordWarehouse(store, warehouse).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const folder = { present: warehouse, former: formerWarehouses };
  const context = {
    store,
    io: movedFileIO(confinedFileIO(localFileIO(), warehouse), folder),
    known: new KnownMetadata(),
    warehouse,
    formerWarehouses,
    now: () => timestampMs(Date.now()),
    newUuid: () => randomUUID(),
  };
  const app = createCatalogApp(context, options);
  return {
    app,
    fetch: async (request) => app.fetch(request),
    warehouse,
    io: movedFileIO(localFileIO(), folder),
    close: () => store.close(),
  };
}

/** Keeps where the warehouse is, and gives where it was before. */
async function recordWarehouse(store: CatalogStore, warehouse: string): Promise<readonly string[]> {
  const known = await store.read(findWarehouses);
  const former = known.filter((location) => location !== warehouse);
  const inside = overlapping({ present: warehouse, former });
  if (inside !== undefined) {
    throw new IcebergError(
      "INVALID_ARGUMENT",
      `the warehouse ${warehouse} was ${inside} before, and one of the two is in the other: nobody could tell which a location means; move it to a folder that is neither`,
    );
  }
  if (former.length === known.length) {
    await store.transact((entries) => putWarehouses(entries, [...new Set([...findWarehouses(entries), warehouse])]));
  }
  return former;
}
