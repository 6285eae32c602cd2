import { OnlineStoreError } from "../../../errors.ts";
import type { RedisAccess, RedisAddress } from "../connection-string.ts";
import { RedisConnection } from "../wire/connection.ts";
import { ConnectionLost } from "../wire/connection-lost.ts";
import type { Reply } from "../wire/reply.ts";

/** Sentinels, how to be let in by them, and what they are asked for. */
export interface Sentinels {
  readonly addresses: readonly RedisAddress[];
  readonly access: RedisAccess;
  readonly masterName: string;
}

/**
 * Connects to the server that one of the sentinels says is the master.
 * @throws ConnectionLost when there is none at the moment; OnlineStoreError `CONFIG_INVALID` when no sentinel knows the name
 */
export async function connectToMaster(sentinels: Sentinels, access: RedisAccess): Promise<RedisConnection> {
  const address = await findMaster(sentinels);
  const connection = await RedisConnection.connect(address, access);
  const role = await connection.command(["ROLE"]);
  if (textOf(role, 0) === "master") return connection;
  connection.close();
  throw new ConnectionLost(`${address.host}:${address.port} is no master yet`, false);
}

async function findMaster({ addresses, access, masterName }: Sentinels): Promise<RedisAddress> {
  let lost: unknown;
  let unknown = false;
  for (const address of addresses) {
    try {
      const master = await askForMaster(address, access, masterName);
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
  access: RedisAccess,
  masterName: string,
): Promise<RedisAddress | undefined> {
  const connection = await RedisConnection.connect(sentinel, access);
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
