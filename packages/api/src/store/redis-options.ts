import type { RedisStoreOptions } from "@icecore/online-sync";
import type { RedisSettings } from "../config/config.ts";

/** How the store of these settings is opened. */
export function toRedisOptions(settings: RedisSettings, project: string): RedisStoreOptions {
  return {
    connectionString: settings.connection_string,
    redisType: settings.redis_type,
    sentinelMaster: settings.sentinel_master,
    keyTtlSeconds: settings.key_ttl_seconds,
    layout: settings.layout,
    project,
  };
}
