import { inspectRedis, type RedisServer } from "@icecore/online-sync";
import type { FeatureStoreConfig, RedisSettings } from "../config/config.ts";
import { openOnlineStore } from "../store/open-online-store.ts";
import { toRedisOptions } from "../store/redis-options.ts";
import { type Finding, failed, ok, warning } from "./finding.ts";

const part = "online store";

/** Whether the online store answers, and is one that keeps what it is given. */
export async function checkOnlineStore(repo: string, config: FeatureStoreConfig): Promise<readonly Finding[]> {
  const { online_store: settings } = config;
  if (settings.type === "redis") {
    return (await inspectRedis(toRedisOptions(settings, config.project))).flatMap((server) =>
      checkServer(server, settings.redis_type),
    );
  }
  await using store = await openOnlineStore(repo, config);
  await store.ping();
  return [ok(part, "embedded store opens")];
}

function checkServer(server: RedisServer, type: RedisSettings["redis_type"]): readonly Finding[] {
  const { address, version, role, isCluster, maxMemoryPolicy } = server;
  if (Number.parseInt(version, 10) < 7) {
    return [failed(part, `Redis at ${address} is version ${version}`, "upgrade it to Redis 7 or later")];
  }
  if (isCluster && type !== "redis_cluster") {
    return [failed(part, `Redis at ${address} is a cluster`, "set online_store.redis_type to redis_cluster")];
  }
  if (role === "slave") {
    return [failed(part, `Redis at ${address} is a replica`, "name its primary in online_store.connection_string")];
  }
  const found = [ok(part, `Redis ${version} at ${address}`)];
  if (maxMemoryPolicy === undefined || maxMemoryPolicy === "noeviction" || maxMemoryPolicy === "volatile-ttl")
    return found;
  const message = `Redis at ${address} evicts keys when it is full (maxmemory-policy ${maxMemoryPolicy})`;
  return [...found, warning(part, message, "set maxmemory-policy to noeviction: an evicted entity is NOT_FOUND")];
}
