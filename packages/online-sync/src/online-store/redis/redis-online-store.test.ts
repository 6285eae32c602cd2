import { snapshotId } from "@icecore/iceberg-catalog";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { EntityKey } from "../../codec/entity-key.ts";
import { feastKeyForm, storeKeyOf } from "../../codec/store-key.ts";
import { entityKeys, finishRun, readTrips, tripsBatch, writeTrips } from "../../testing/driver-rows.ts";
import { featureBatch } from "../../testing/feature-batch.ts";
import { startRedis, type TestRedis } from "../../testing/start-redis.ts";
import { driverStats } from "../../testing/views.ts";
import { onlineStoreSuite } from "../online-store.suite.ts";
import type { OnlineStore } from "../online-store.ts";
import { openRedisStore } from "./redis-online-store.ts";

for (const layout of ["feast", "packed"] as const) {
  onlineStoreSuite(`the Redis online store, layout ${layout}`, async () => {
    const redis = await startRedis(inject("redisServer"));
    return {
      open: (project) => openRedisStore({ connectionString: redis.connectionString, project, layout }),
      [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
    };
  });
}

const redisKey = (key: EntityKey, project: string, view = driverStats) =>
  storeKeyOf(feastKeyForm(view.joinKeys, project))(key);

describe("in Redis", () => {
  const project = "feature_repo";
  let server: TestRedis;
  let redis: Redis;
  let store: OnlineStore;

  beforeAll(async () => {
    server = await startRedis(inject("redisServer"));
    redis = new Redis(server.port);
    store = await openRedisStore({ connectionString: `${server.connectionString},db=0`, project });
  });
  afterAll(async () => {
    redis.disconnect();
    await store[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  function hashKey(driver: bigint): Buffer {
    const [key] = entityKeys(driverStats, [driver]);
    return redisKey(key as Buffer, project);
  }

  it("a row is, byte for byte, what Feast writes, and one field more", async () => {
    const row = { driver_id: 1001n, conv_rate: 0.5, acc_rate: null, avg_daily_trips: 308n };
    const times = { event_timestamp: 1_652_439_582_123_456n, created: 1_652_439_583_000_000n };
    await store.write(driverStats, featureBatch(driverStats, [{ ...row, ...times }]));
    const key = "0100000002000000090000006472697665725f69640400000008000000e903000000000000666561747572655f7265706f";
    const flat = (await redis.callBuffer("HGETALL", Buffer.from(key, "hex"))) as Buffer[];
    const fields = flat.flatMap((field, i) =>
      i % 2 === 0 ? [[field.toString("hex"), flat[i + 1]?.toString("hex")]] : [],
    );
    const text = (value: string) => Buffer.from(value).toString("hex");
    expect(Object.fromEntries(fields)).toEqual({
      "6160e3da": "350000003f",
      fa5e58ad: "",
      "18a5e5a3": "20b402",
      [text("_ts:driver_hourly_stats")]: "089ef4f89306108094ef3a",
      [text("_created:driver_hourly_stats")]: "089ef4f89306108094ef3a089ff4f89306",
    });
  });

  it("a row that Feast wrote over ours takes its created timestamp with it", async () => {
    await writeTrips(store, [1n, 5_000_000n, 900n, 1n]);
    await redis.hset(hashKey(1n), "_ts:driver_hourly_stats", Buffer.from("0806", "hex"));
    expect(await writeTrips(store, [1n, 6_000_000n, 800n, 2n])).toEqual({ written: 1, deleted: 0, skipped: 0 });
    expect(await writeTrips(store, [1n, 6_000_000n, 799n, 3n])).toEqual({ written: 0, deleted: 0, skipped: 1 });
  });

  it("a hash expires with the longest-lived of its views, and never while one has no ttl", async () => {
    const write = (name: string, ttlSeconds: number | undefined, event: bigint) => {
      const view = { ...driverStats, name, ttlSeconds };
      return store.write(view, featureBatch(view, [{ driver_id: 7n, event_timestamp: event }]));
    };
    const expiry = async () => Number(await redis.call("EXPIRETIME", hashKey(7n)));
    const future = 4_000_000_000n;
    await write("short", 60, future * 1_000_000n);
    expect(await expiry()).toBe(Number(future) + 61);
    await write("long", 3600, future * 1_000_000n);
    expect(await expiry()).toBe(Number(future) + 3601);
    await write("short", 60, (future + 1n) * 1_000_000n);
    expect(await expiry()).toBe(Number(future) + 3601);
    await write("endless", undefined, 1n);
    expect(await expiry()).toBe(-1);
    await write("long", 3600, (future + 1n) * 1_000_000n);
    expect(await expiry()).toBe(-1);
  });

  it("an expired row is kept for a while: a read can say that it is too old", async () => {
    const view = { ...driverStats, name: "past", ttlSeconds: 3600 };
    await store.write(view, featureBatch(view, [{ driver_id: 8n, event_timestamp: 1n }]));
    expect(await redis.exists(hashKey(8n))).toBe(1);
  });

  it("names with the letters of patterns are dropped as well", async () => {
    const view = { ...driverStats, joinKeys: [{ name: "[driver]*?\\", type: "long" as const }] };
    await store.write(view, featureBatch(view, [{ [view.joinKeys[0]?.name ?? ""]: 1n, event_timestamp: 1n }]));
    await store.dropView(view);
    const [key] = entityKeys(view, [1n]);
    expect(await redis.exists(redisKey(key as Buffer, project, view))).toBe(0);
  });

  it("a script that Redis has forgotten is sent again", async () => {
    await redis.script("FLUSH");
    expect(await writeTrips(store, [20n, 1n, null, 4n])).toEqual({ written: 1, deleted: 0, skipped: 0 });
    expect(await readTrips(store, 20n)).toMatchObject({ trips: [4n] });
  });
});

describe("a run in Redis", () => {
  const project = "p";
  const mark = "icecore:view:p:driver_hourly_stats";

  it.each([
    ["without what it had", []],
    ["with all that it had", ["--appendonly", "yes", "--appendfsync", "always"]],
  ])("is lost when Redis comes back %s", async (_, args) => {
    await using redis = await startRedis(inject("redisServer"), args);
    await using store = await openRedisStore({ connectionString: redis.connectionString, project });
    await finishRun(store, driverStats, 1n);
    await using run = await store.beginRun(driverStats);
    await run.write(tripsBatch([[1n, 1n, null, 1n]]));
    await redis.kill();
    await redis.start();
    await expect(run.finish(snapshotId(2n))).rejects.toMatchObject({ code: "RUN_LOST" });
    expect(await store.loadWatermark(driverStats)).toEqual(args.length > 0 ? { snapshotId: 1n } : undefined);
  });

  it("ends with its holder: at once when that has died on this machine, else when its lease has run out", async () => {
    await using server = await startRedis(inject("redisServer"));
    await using store = await openRedisStore({ connectionString: server.connectionString, project });
    const redis = new Redis(server.port);
    const first = await store.beginRun(driverStats);
    const holder = JSON.parse((await redis.hget(mark, "holder")) ?? "");
    await redis.hset(mark, "holder", JSON.stringify({ ...holder, pid: 2 ** 30 }));
    const second = await store.beginRun(driverStats);
    await expect(first.finish(snapshotId(1n))).rejects.toMatchObject({ code: "RUN_LOST" });
    await expect(store.beginRun(driverStats)).rejects.toMatchObject({ code: "MATERIALIZATION_RUNNING" });
    await redis.hset(mark, "expires", 1);
    const third = await store.beginRun(driverStats);
    await expect(second.write(tripsBatch([[1n, 1n, null, 1n]]))).rejects.toMatchObject({ code: "RUN_LOST" });
    await third.finish(snapshotId(3n));
    expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 3n });
    redis.disconnect();
  });

  it("takes away what rows hold of features that the view has no longer, and so does dropping the view", async () => {
    await using server = await startRedis(inject("redisServer"));
    await using store = await openRedisStore({ connectionString: server.connectionString, project });
    const redis = new Redis(server.port);
    const [key] = entityKeys(driverStats, [1n]);
    const [, ...fewer] = driverStats.features;
    const narrow = { ...driverStats, features: fewer };
    await finishRun(store, driverStats, 1n);
    await writeTrips(store, [1n, 1n, null, 1n]);
    expect(await redis.hlen(redisKey(key as Buffer, project))).toBe(5);
    await using run = await store.beginRun(narrow);
    await run.write(tripsBatch([[1n, 2n, null, 1n]]));
    expect(await redis.hlen(redisKey(key as Buffer, project))).toBe(4);
    await writeTrips(store, [1n, 3n, null, 1n]);
    await store.dropView(narrow);
    expect(await redis.exists(redisKey(key as Buffer, project))).toBe(0);
    redis.disconnect();
  });
});

describe("layout packed in Redis", () => {
  const project = "p";
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
  const open = (keyTtlSeconds?: number) =>
    openRedisStore({ connectionString: server.connectionString, project, layout: "packed", keyTtlSeconds });
  const keyOf = (view: { readonly name: string }, driver: bigint) => {
    const [key] = entityKeys(driverStats, [driver]);
    return Buffer.concat([Buffer.from(`ic:p:${view.name}:`), (key as Buffer).subarray(21)]);
  };

  it("a row is version, timestamps, schema, nulls, values", async () => {
    await using store = await open();
    const row = { driver_id: 1001n, conv_rate: 0.5, acc_rate: null, avg_daily_trips: 308n };
    const times = { event_timestamp: 1_652_439_582_123_456n, created: 1_652_439_583_000_001n };
    await store.write(driverStats, featureBatch(driverStats, [{ ...row, ...times }]));
    const stored = await redis.getBuffer(keyOf(driverStats, 1001n));
    const schemaId = stored?.toString("hex", 17, 25) ?? "";
    expect(stored?.toString("hex")).toBe(
      `01c0254e92e2de0500c1855b92e2de0500${schemaId}050000003f000000003401000000000000`,
    );
    expect(await redis.hget("icecore:schemas:p", schemaId)).toBe(
      '[["conv_rate","float"],["acc_rate","float"],["avg_daily_trips","long"]]',
    );
  });

  it("a row expires by its view's ttl, or by that of all keys", async () => {
    const mortal = { ...driverStats, name: "mortal", ttlSeconds: 60 };
    const batch = featureBatch(mortal, [{ driver_id: 7n, event_timestamp: 4_000_000_000_000_000n }]);
    await using store = await open();
    await store.write(mortal, batch);
    expect(Number(await redis.call("EXPIRETIME", keyOf(mortal, 7n)))).toBe(4_000_000_061);
    await using kept = await open(1000);
    await kept.write(mortal, batch);
    expect(await redis.ttl(keyOf(mortal, 7n))).toBeGreaterThan(900);
    expect(await redis.ttl(keyOf(mortal, 7n))).toBeLessThan(1001);
  });

  it("a row of a later version is left alone, and says so", async () => {
    await using store = await open();
    await redis.set(keyOf(driverStats, 9n), Buffer.concat([Buffer.of(2), Buffer.alloc(40)]));
    const error = { code: "STORE_INVALID", message: expect.stringMatching(/version/) };
    await expect(writeTrips(store, [9n, 1n, null, 1n])).rejects.toMatchObject(error);
    await expect(readTrips(store, 9n)).rejects.toMatchObject(error);
  });
});

describe("keys of Feast's layout", () => {
  it("are kept for so long after each write, when that is set", async () => {
    await using server = await startRedis(inject("redisServer"));
    const options = { connectionString: server.connectionString, project: "p", keyTtlSeconds: 500 };
    await using store = await openRedisStore(options);
    const redis = new Redis(server.port);
    await writeTrips(store, [1n, 1n, null, 1n]);
    const [key] = entityKeys(driverStats, [1n]);
    const left = await redis.ttl(redisKey(key as Buffer, "p"));
    expect(left).toBeGreaterThan(400);
    expect(left).toBeLessThan(501);
    redis.disconnect();
  });
});

describe("a Redis that fails", () => {
  const project = "p";
  const start = (...args: string[]) => startRedis(inject("redisServer"), args);

  it("by not being there", async () => {
    await expect(openRedisStore({ connectionString: "127.0.0.1:1", project })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("Redis at 127.0.0.1:1: connect ECONNREFUSED"),
    });
  });

  it("by going away", async () => {
    const redis = await start();
    await using store = await openRedisStore({ connectionString: redis.connectionString, project });
    await redis[Symbol.asyncDispose]();
    await expect(readTrips(store, 1n)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it("by not answering: within the time that the connection string gives it", async () => {
    await using server = await start();
    const connectionString = `${server.connectionString},socket_timeout=0.3`;
    await using store = await openRedisStore({ connectionString, project });
    server.pause();
    await expect(readTrips(store, 1n)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("it did not answer for 0.3 seconds"),
    });
    server.resume();
    expect(await readTrips(store, 1n)).toMatchObject({ trips: [undefined] });
  });

  it("by restarting: what comes while it does is sent again", async () => {
    await using redis = await start();
    await using store = await openRedisStore({ connectionString: redis.connectionString, project });
    await redis.kill();
    const [written] = await Promise.all([writeTrips(store, [1n, 1n, null, 1n]), redis.start()]);
    expect(written).toMatchObject({ written: 1 });
    expect(await readTrips(store, 1n)).toMatchObject({ trips: [1n] });
  });

  it("by not letting us in", async () => {
    await using redis = await start("--requirepass", "right");
    for (const password of ["", ",password=wrong"]) {
      const connectionString = `${redis.connectionString}${password}`;
      await expect(openRedisStore({ connectionString, project })).rejects.toMatchObject({ code: "STORE_FORBIDDEN" });
    }
    await using store = await openRedisStore({ connectionString: `${redis.connectionString},password=right`, project });
    expect(await writeTrips(store, [1n, 1n, null, 1n])).toEqual({ written: 1, deleted: 0, skipped: 0 });
  });

  it("by being full", async () => {
    await using redis = await start("--maxmemory", "1");
    await using store = await openRedisStore({ connectionString: redis.connectionString, project });
    await expect(writeTrips(store, [1n, 1n, null, 1n])).rejects.toMatchObject({ code: "STORE_FULL" });
    expect(await readTrips(store, 1n)).toMatchObject({ trips: [undefined] });
  });

  it("by being a replica", async () => {
    await using redis = await start("--replicaof", "127.0.0.1 1");
    await using store = await openRedisStore({ connectionString: redis.connectionString, project });
    await expect(writeTrips(store, [1n, 1n, null, 1n])).rejects.toMatchObject({ code: "STORE_READ_ONLY" });
    expect(await readTrips(store, 1n)).toMatchObject({ trips: [undefined] });
  });
});
