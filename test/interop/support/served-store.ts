import { cp, mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAdaptorServer } from "@hono/node-server";
import { type FeatureStore, openFeatureStore } from "@icecore/api";
import { loadTable, localFileIO, RestCatalog, type Table } from "@icecore/iceberg-catalog";

const featureRepo = fileURLToPath(new URL("../../../feature_repo/", import.meta.url));
const mount = "/iceberg";

/** A feature store of its own, whose catalog other engines reach over HTTP. */
export interface ServedStore extends AsyncDisposable {
  readonly store: FeatureStore;
  /** The catalog's, for REST clients. */
  readonly uri: string;
  /** Folder of the feature repository. */
  readonly repo: string;
  /** A table as our own REST client loads it, over HTTP too. */
  loadTable(namespace: string, name: string): Promise<Table>;
}

/** Opens the example's feature store in a folder of its own and serves its catalog on a free port. */
export async function serveStore(): Promise<ServedStore> {
  const repo = await mkdtemp(join(tmpdir(), "icecore-interop-"));
  await cp(featureRepo, repo, { recursive: true, filter: (path) => !/node_modules|\.icecore|demo$/.test(path) });
  const store = await openFeatureStore({ repo });
  await store.apply(await store.plan());
  const server = createAdaptorServer({ fetch: (request: Request) => handle(store, request) });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${mount}`;
  const catalog = await RestCatalog.connect({ uri });
  return {
    store,
    uri,
    repo,
    loadTable: (namespace, name) => loadTable(catalog, { namespace: [namespace], name }, localFileIO()),
    [Symbol.asyncDispose]: async () => {
      await new Promise((done) => server.close(done));
      await store[Symbol.asyncDispose]();
      await rm(repo, { recursive: true });
    },
  };
}

/** The catalog knows nothing of the path that it is mounted at. */
function handle(store: FeatureStore, request: Request): Promise<Response> {
  if (store.catalogHandler === undefined) throw new Error("the feature store has no embedded catalog");
  return store.catalogHandler(new Request(request.url.replace(mount, ""), request));
}
