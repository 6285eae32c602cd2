import { openServers, type ServerOptions } from "./open-servers.ts";
import { toRedisError } from "./redis-error.ts";

/** What a Redis says of itself. */
export interface RedisServer {
  /** The servers of the connection string that it belongs to. */
  readonly address: string;
  readonly version: string;
  readonly role: "master" | "slave";
  readonly isCluster: boolean;
  /** What it does when its memory is full; undefined where it has no limit. */
  readonly maxMemoryPolicy: string | undefined;
}

/** Asks every server of a store what it is. @throws OnlineStoreError when one cannot be reached or refuses us */
export async function inspectRedis(options: ServerOptions): Promise<readonly RedisServer[]> {
  const servers = await openServers(options);
  try {
    const answers = await Promise.all(servers.nodes().map((node) => node.command("INFO")));
    return answers.map((info) => parseInfo(servers.name, String(info)));
  } catch (error) {
    throw toRedisError(servers.name, error);
  } finally {
    await servers.close();
  }
}

/** The text of INFO: a line `name:value` each. */
function parseInfo(address: string, info: string): RedisServer {
  const fields = new Map(info.split(/\r?\n/).map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 1)]));
  return {
    address,
    version: fields.get("redis_version") ?? "0",
    role: fields.get("role") === "slave" ? "slave" : "master",
    isCluster: fields.get("cluster_enabled") === "1",
    maxMemoryPolicy: Number(fields.get("maxmemory") ?? 0) > 0 ? fields.get("maxmemory_policy") : undefined,
  };
}
