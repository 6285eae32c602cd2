import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ProjectCatalog } from "@icecore/feature-registry";
import { type Catalog, catalogFileIO, type FileIOProvider, localFileIO, RestCatalog } from "@icecore/iceberg-catalog";
import { Database, type DatabaseOptions } from "@icecore/iceberg-catalog/duckdb";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";
import { type OnlineStore, openEmbeddedStore, openRedisStore } from "@icecore/online-sync";
import type { FeatureStoreConfig } from "./config/config.ts";
import { type Environment, loadConfig } from "./config/load-config.ts";
import { CachedRegistry } from "./store/cached-registry.ts";
import { requireRegistry } from "./store/context.ts";
import { FeatureStore } from "./store/feature-store.ts";
import { toRedisOptions } from "./store/redis-options.ts";

export interface OpenOptions {
  /** Directory of the feature repository, where `feature_store.yaml` is. Default: the working directory. */
  readonly repo?: string;
  /** The configuration, instead of the file's. */
  readonly config?: FeatureStoreConfig;
  /** Variables that the file may name as `${NAME}`. Default: none. */
  readonly environment?: Environment;
  /** What time it is; to replay history, say a time in the past. */
  readonly now?: () => Date;
}

/**
 * Opens the feature store of a repository: here, and only here, is decided what stands behind each interface. The type
 * argument is the repository's definitions, such as `typeof import("./features.ts")`; queries and online reads have their
 * types from it.
 *
 * @example
 * await using store = await openFeatureStore({ repo: "feature_repo" });
 * const { vectors } = await store.getOnlineFeatures({
 *   service: "delay_model",
 *   entities: [{ origin: "SFO", destination: "JFK" }],
 * });
 */
export async function openFeatureStore<Repository = unknown>(
  options: OpenOptions = {},
): Promise<FeatureStore<Repository>> {
  const repo = resolve(options.repo ?? ".");
  const now = options.now ?? (() => new Date());
  const config = options.config ?? (await loadConfig(repo, options.environment ?? {}));
  const { catalog, io, handler, close } = await openCatalog(repo, config);
  const project = new ProjectCatalog(catalog, io, (config.registry?.namespace ?? config.project).split("."));
  const databaseOptions = toDatabaseOptions(repo, config);
  const database = await Database.open(databaseOptions);
  let online: Promise<OnlineStore> | undefined;
  const onlineStore = () => {
    online ??= openOnlineStore(repo, config).catch((error: unknown) => {
      online = undefined;
      throw error;
    });
    return online;
  };
  const context = {
    repo,
    config,
    project,
    database,
    databaseOptions,
    onlineStore,
    cachedRegistry: new CachedRegistry(() => requireRegistry(project), now),
    now,
  };
  return new FeatureStore<Repository>(context, handler, async () => {
    // Whoever asked for a store that could not be opened has been told why.
    const opened = await online?.catch(() => undefined);
    await opened?.[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await close();
  });
}

interface OpenedCatalog {
  readonly catalog: Catalog;
  /** Reaches the files of the catalog's tables. */
  readonly io: FileIOProvider;
  readonly handler: ((request: Request) => Promise<Response>) | undefined;
  readonly close: () => Promise<void>;
}

async function openCatalog(repo: string, config: FeatureStoreConfig): Promise<OpenedCatalog> {
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

function openOnlineStore(repo: string, config: FeatureStoreConfig): Promise<OnlineStore> {
  const { online_store: settings, project } = config;
  if (settings.type === "redis") return openRedisStore(toRedisOptions(settings, project));
  const { catalog } = config.offline_store;
  const directory = catalog.type === "embedded" ? catalog.path : ".icecore";
  return openEmbeddedStore({ path: resolve(repo, settings.path ?? join(directory, "online.lmdb")), project });
}

function toDatabaseOptions(repo: string, config: FeatureStoreConfig): DatabaseOptions {
  const { memory_limit: memoryLimit, threads, temp_directory: tempDirectory, file_cache: cache } = config.offline_store;
  const directory = cache?.path === undefined ? undefined : resolve(repo, cache.path);
  return { memoryLimit, threads, tempDirectory, fileCache: { directory, maxBytes: cache?.max_bytes } };
}
