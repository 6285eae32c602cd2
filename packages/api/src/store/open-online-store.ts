import { join, resolve } from "node:path";
import { type OnlineStore, openEmbeddedStore, openRedisStore } from "@icecore/online-sync";
import type { FeatureStoreConfig } from "../config/config.ts";
import { toRedisOptions } from "./redis-options.ts";

/** Opens the online store of a configuration; `repo` is what its paths are relative to. */
export function openOnlineStore(repo: string, config: FeatureStoreConfig): Promise<OnlineStore> {
  const { online_store: settings, project } = config;
  if (settings.type === "redis") return openRedisStore(toRedisOptions(settings, project));
  const { catalog } = config.offline_store;
  const directory = catalog.type === "embedded" ? catalog.path : ".icecore";
  return openEmbeddedStore({ path: resolve(repo, settings.path ?? join(directory, "online.lmdb")), project });
}
