import { Redis, type Result } from "ioredis";
import type { RedisConnection } from "./connection-string.ts";
import { toRedisError } from "./redis-error.ts";
import { beginRunScript, endRunScript, renewRunScript } from "./scripts/lease.ts";
import { readRowsScript } from "./scripts/read-rows.ts";
import { removeRowsScript } from "./scripts/remove-rows.ts";
import { writeRowsScript } from "./scripts/write-rows.ts";

type Argument = Buffer | string | number;

declare module "ioredis" {
  /** See `scripts/`. */
  interface RedisCommander<Context> {
    readRowsBuffer(keyCount: number, ...keysAndArguments: Argument[]): Result<(Buffer | null)[][], Context>;
    writeRows(keyCount: number, ...keysAndArguments: Argument[]): Result<number, Context>;
    removeRows(keyCount: number, ...keysAndArguments: Argument[]): Result<number, Context>;
    beginRun(mark: string, ...values: Argument[]): Result<string[], Context>;
    renewRun(mark: string, ...values: Argument[]): Result<null, Context>;
    endRun(mark: string, ...values: Argument[]): Result<null, Context>;
  }
}

const scripts = {
  readRows: { lua: readRowsScript },
  writeRows: { lua: writeRowsScript },
  removeRows: { lua: removeRowsScript },
  beginRun: { lua: beginRunScript, numberOfKeys: 1 },
  renewRun: { lua: renewRunScript, numberOfKeys: 1 },
  endRun: { lua: endRunScript, numberOfKeys: 1 },
};

/** A connected client that knows our scripts. @throws OnlineStoreError when Redis cannot be reached or refuses us */
export async function connectRedis(connection: RedisConnection, address: string): Promise<Redis> {
  const { tls, ...options } = connection;
  const redis = new Redis({
    ...options,
    ...(tls ? { tls: { servername: connection.host } } : {}),
    lazyConnect: true,
    maxRetriesPerRequest: 2,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
    scripts,
  });
  let lastError: Error | undefined;
  // Every command that fails says so to its caller; without a listener, the client would also print it.
  redis.on("error", (error: Error) => {
    lastError = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw toRedisError(address, lastError ?? error);
  }
}
