import { OnlineStoreError } from "../../../errors.ts";
import type { RedisAccess, RedisAddress } from "../connection-string.ts";
import { RedisConnection } from "../wire/connection.ts";
import { ConnectionLost } from "../wire/connection-lost.ts";
import type { Reply } from "../wire/reply.ts";

/**
 * Connects to the server that one of the sentinels says is the master. As with redis-py, and so Feast, the password and
 * TLS are for the master: sentinels are asked without.
 * @throws ConnectionLost when there is none at the moment; OnlineStoreError `CONFIG_INVALID` when no sentinel knows the name
 */
export async function connectToMaster(
  sentinels: readonly RedisAddress[],
  masterName: string,
  access: RedisAccess,
): Promise<RedisConnection> {
  const address = await findMaster(sentinels, masterName, access.timeoutMs);
  const connection = await RedisConnection.connect(address, access);
  const role = await connection.command(["ROLE"]);
  if (textOf(role, 0) === "master") return connection;
  connection.close();
  throw new ConnectionLost(`${address.host}:${address.port} is no master yet`, false);
}

async function findMaster(
  sentinels: readonly RedisAddress[],
  masterName: string,
  timeoutMs: number,
): Promise<RedisAddress> {
  let lost: unknown;
  let unknown = false;
  for (const sentinel of sentinels) {
    try {
      const master = await askForMaster(sentinel, masterName, timeoutMs);
      if (master !== undefined) return master;
      unknown = true;
    } catch (error) {
      lost = error;
    }
  }
  if (!unknown) throw lost;
  throw new OnlineStoreError(
    "CONFIG_INVALID",
    `the sentinels know no master named "${masterName}"; set sentinel_master to the name that they have for it`,
  );
}

async function askForMaster(
  sentinel: RedisAddress,
  masterName: string,
  timeoutMs: number,
): Promise<RedisAddress | undefined> {
  const connection = await RedisConnection.connect(sentinel, { db: 0, timeoutMs });
  try {
    const reply = await connection.command(["SENTINEL", "get-master-addr-by-name", masterName]);
    return reply === null ? undefined : { host: textOf(reply, 0), port: Number(textOf(reply, 1)) };
  } finally {
    connection.close();
  }
}

function textOf(reply: Reply, index: number): string {
  return Array.isArray(reply) ? String(reply[index]) : "";
}
