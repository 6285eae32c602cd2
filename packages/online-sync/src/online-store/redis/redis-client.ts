import { Redis, type Result } from "ioredis";
import type { RedisConnection } from "./connection-string.ts";
import { readRowsScript } from "./read-rows-script.ts";
import { toRedisError } from "./redis-error.ts";
import { writeRowsScript } from "./write-rows-script.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    /** See `read-rows-script.ts`. */
    readRowsBuffer(keyCount: number, ...keysAndArguments: Buffer[]): Result<(Buffer | null)[][], Context>;
    /** See `write-rows-script.ts`. */
    writeRows(keyCount: number, ...keysAndArguments: (Buffer | string | number)[]): Result<number, Context>;
  }
}

/** A connected client that knows our scripts. @throws OnlineStoreError when Redis cannot be reached or refuses us */
export async function connectRedis(connection: RedisConnection, address: string): Promise<Redis> {
  const { tls, ...options } = connection;
  const redis = new Redis({
    ...options,
    ...(tls ? { tls: { servername: connection.host } } : {}),
    lazyConnect: true,
    maxRetriesPerRequest: 2,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
    scripts: { readRows: { lua: readRowsScript }, writeRows: { lua: writeRowsScript } },
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
