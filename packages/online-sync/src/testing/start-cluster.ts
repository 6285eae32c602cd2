import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { findFreePort, startRedis, type TestRedis } from "./start-redis.ts";

/** Three masters that share the slots, and a replica of the first. */
export interface TestCluster extends AsyncDisposable {
  readonly connectionString: string;
  readonly servers: readonly TestRedis[];
  /** A client of one of the servers alone: the replica is the last. */
  readonly clients: readonly Redis[];
}

const ranges = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383],
] as const;

export async function startCluster(path: string): Promise<TestCluster> {
  const options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--appendonly", "no"];
  const busPorts = await Promise.all([0, 1, 2, 3].map(findFreePort));
  const servers = await Promise.all(
    busPorts.map((busPort) => startRedis(path, ["--cluster-port", String(busPort), ...options])),
  );
  const clients = servers.map(({ port }) => new Redis(port));
  const [first, , , replica] = clients as [Redis, Redis, Redis, Redis];
  for (const [i, [from, to]] of ranges.entries()) {
    await clients[i]?.call("CLUSTER", "ADDSLOTSRANGE", from, to);
    await clients[i]?.call("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
  }
  for (const [i, { port }] of servers.entries()) {
    if (i > 0) await first.call("CLUSTER", "MEET", "127.0.0.1", port, busPorts[i] as number);
  }
  await until(async () => {
    const known = await Promise.all(clients.map((client) => client.call("CLUSTER", "INFO")));
    return known.every((info) => /cluster_state:ok[\s\S]*cluster_known_nodes:4/.test(String(info)));
  });
  await replica.call("CLUSTER", "REPLICATE", String(await first.call("CLUSTER", "MYID")));
  await until(async () => /master_link_status:up/.test(await replica.info("replication")));
  return {
    connectionString: servers
      .slice(0, 2)
      .map((server) => server.connectionString)
      .join(","),
    servers,
    clients,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect();
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

/** Waits for what servers have to agree about. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; !(await condition()); i++) {
    if (i === 400) throw new Error("this did not come about within 20 seconds");
    await delay(50);
  }
}
