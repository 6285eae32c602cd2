import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readTrips, type Trips, tripsBatch } from "../../testing/driver-rows.ts";
import { findFreePort, startRedis, type TestRedis } from "../../testing/start-redis.ts";
import { driverStats } from "../../testing/views.ts";
import { openRedisStore } from "./redis-online-store.ts";

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis(inject("redisServer"));
  redis = new Redis(server.port);
});
afterAll(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
});

const rowCount = 20_000;
const drivers = Array.from({ length: rowCount }, (_, i) => BigInt(i));
const rows = tripsBatch(drivers.map((driver): Trips => [driver, 1n + driver, null, driver]));

/** A way to a Redis that can be interrupted. */
class Way implements AsyncDisposable {
  readonly port: number;
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  #listener: Server | undefined;

  private constructor(port: number, to: number) {
    this.port = port;
    this.#to = to;
  }

  static async open(to: number): Promise<Way> {
    const way = new Way(await findFreePort(), to);
    await way.#listen();
    return way;
  }

  /** Cuts all connections, and refuses others for so long. */
  async interrupt(ms: number): Promise<void> {
    this.#listener?.close();
    for (const socket of this.#sockets) socket.destroy();
    await delay(ms);
    await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listen(): Promise<void> {
    const listener = createServer((client) => {
      const upstream = connect(this.#to, "127.0.0.1");
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => {
          this.#sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
    });
    this.#listener = listener.listen(this.port, "127.0.0.1");
    await once(listener, "listening");
  }
}

/** Says of whatever it is asked that the master is at that port. */
async function startOracle(port: number): Promise<{ readonly port: number } & AsyncDisposable> {
  const own = await findFreePort();
  const listener = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write(`*2\r\n$9\r\n127.0.0.1\r\n$${String(port).length}\r\n${port}\r\n`));
  }).listen(own, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: own,
    [Symbol.asyncDispose]: async () => {
      listener.close();
    },
  };
}

describe.each(["feast", "packed"] as const)("a first run whose connection breaks, layout %s", (layout) => {
  it.each([500, 3000, 8000])("writes each row, and counts it once: after %i rows", async (there) => {
    await redis.flushall();
    await using way = await Way.open(server.port);
    await using store = await openRedisStore({ connectionString: `127.0.0.1:${way.port}`, project: "p", layout });
    await using run = await store.beginRun(driverStats);
    const writing = run.write(rows);
    while ((await redis.dbsize()) < there) await delay(0);
    await way.interrupt(0);
    expect(await writing).toEqual({ written: rowCount, deleted: 0, skipped: 0 });
    expect((await readTrips(store, ...drivers)).trips).toEqual(drivers);
  });

  it("waits for the master that sentinels name as long as a merge does", async () => {
    await redis.flushall();
    await using way = await Way.open(server.port);
    await using oracle = await startOracle(way.port);
    const connectionString = `127.0.0.1:${oracle.port}`;
    await using store = await openRedisStore({ connectionString, redisType: "redis_sentinel", project: "p", layout });
    await using run = await store.beginRun(driverStats);
    const writing = run.write(rows);
    writing.catch(() => {});
    while ((await redis.dbsize()) < 1000) await delay(0);
    await way.interrupt(2000);
    expect(await writing).toEqual({ written: rowCount, deleted: 0, skipped: 0 });
    expect((await readTrips(store, ...drivers)).trips).toEqual(drivers);
  });
});
