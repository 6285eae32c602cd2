import { OnlineStoreError } from "../../errors.ts";
import { parseConnectionString, type RedisAddress } from "./connection-string.ts";
import { loadAccess, loadSentinelAccess } from "./redis-access.ts";
import { toRedisError } from "./redis-error.ts";
import { RedisCluster } from "./servers/cluster.ts";
import { RedisNode } from "./servers/redis-node.ts";
import type { RedisServers } from "./servers/redis-servers.ts";
import { connectToMaster } from "./servers/sentinels.ts";
import { SingleServer } from "./servers/single-server.ts";
import { nodeName } from "./servers/slot-map.ts";
import { RedisConnection } from "./wire/connection.ts";

/** Feast's words for what the nodes of a connection string are. */
export type RedisType = "redis" | "redis_cluster" | "redis_sentinel";

export interface ServerOptions {
  /** As in Feast: `host:port,db=0,ssl=true,password=...`. */
  readonly connectionString: string;
  /** Default: `redis`, a single one. */
  readonly redisType?: RedisType | undefined;
  /** The name that the sentinels have for the master. Default: `mymaster`. */
  readonly sentinelMaster?: string | undefined;
}

/** Connects to the servers that a connection string names. @throws OnlineStoreError when they cannot be reached, or refuse us */
export async function openServers(options: ServerOptions): Promise<RedisServers> {
  const { nodes, settings } = parseConnectionString(options.connectionString);
  const access = await loadAccess(settings);
  const type = options.redisType ?? "redis";
  const name = nodes.map(nodeName).join(",");
  try {
    switch (type) {
      case "redis_cluster":
        return await RedisCluster.connect(nodes, access);
      case "redis_sentinel": {
        const masterName = options.sentinelMaster ?? "mymaster";
        const sentinels = { addresses: nodes, access: await loadSentinelAccess(settings), masterName };
        const connect = () => connectToMaster(sentinels, access);
        return await reached(new SingleServer(name, new RedisNode(connect), true));
      }
      case "redis": {
        const address = onlyNode(nodes);
        return await reached(
          new SingleServer(name, new RedisNode(() => RedisConnection.connect(address, access)), false),
        );
      }
    }
  } catch (error) {
    throw toRedisError(name, error);
  }
}

function onlyNode(nodes: readonly RedisAddress[]): RedisAddress {
  const [node, ...others] = nodes;
  if (node !== undefined && others.length === 0) return node;
  throw new OnlineStoreError(
    "CONFIG_INVALID",
    `the connection string of Redis names ${nodes.length} nodes; name one, or set redis_type to redis_cluster or redis_sentinel`,
  );
}

async function reached(servers: RedisServers): Promise<RedisServers> {
  try {
    for (const node of servers.nodes()) {
      await node.connect();
      await node.command("PING");
    }
    return servers;
  } catch (error) {
    await servers.close();
    throw error;
  }
}
