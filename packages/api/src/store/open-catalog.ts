import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { type Catalog, catalogFileIO, type FileIOProvider, localFileIO, RestCatalog } from "@icecore/iceberg-catalog";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import type { FeatureStoreConfig } from "../config/config.ts";

export interface OpenedCatalog {
  readonly catalog: Catalog;
  /** Reaches the files of the catalog's tables. */
  readonly io: FileIOProvider;
  readonly handler: ((request: Request) => Promise<Response>) | undefined;
  readonly close: () => Promise<void>;
}

/** Opens the catalog of a configuration; `repo` is what its paths are relative to. */
export async function openCatalog(
  repo: string,
  config: Pick<FeatureStoreConfig, "offline_store">,
): Promise<OpenedCatalog> {
  const settings = config.offline_store.catalog;
  if (settings.type === "embedded") {
    const path = resolve(repo, settings.path);
    await mkdir(path, { recursive: true });
    const { warehouse } = settings;
    const embedded = await openEmbeddedCatalog({
      path,
      ...(warehouse === undefined ? {} : { warehouse: resolve(repo, warehouse) }),
    });
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
    return { catalog, io: embedded.io, handler: embedded.fetch, close: () => embedded.close() };
  }
  const { uri, warehouse, credential, token, scope, properties } = settings;
  const { oauth2_server_uri: oauth2ServerUri, access_delegation: accessDelegation } = settings;
  const given = Object.entries({
    warehouse,
    credential,
    token,
    scope,
    properties,
    oauth2ServerUri,
    accessDelegation,
  }).filter(([, value]) => value !== undefined);
  const catalog = await RestCatalog.connect({ uri, ...Object.fromEntries(given) });
  const io = catalogFileIO(catalog, { file: localFileIO() });
  return { catalog, io, handler: undefined, close: async () => {} };
}
