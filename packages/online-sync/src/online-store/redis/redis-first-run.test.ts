import { setTimeout as delay } from "node:timers/promises";
import type { Feature, FeatureView } from "@icecore/feature-registry";
import type { RecordBatch } from "apache-arrow";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readTrips, type Trips, tripsBatch, writeTrips } from "../../testing/driver-rows.ts";
import { featureBatch } from "../../testing/feature-batch.ts";
import { startRedis, type TestRedis } from "../../testing/start-redis.ts";
import { driverStats, everyType } from "../../testing/views.ts";
import type { MaterializationRun, OnlineStore, WriteCount } from "../online-store.ts";
import { openRedisStore, type RedisLayoutName } from "./redis-online-store.ts";
import { guardRunScript } from "./scripts/lease.ts";

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

const layouts = ["feast", "packed"] as const;

function open(layout: RedisLayoutName, keyTtlSeconds?: number): Promise<OnlineStore> {
  return openRedisStore({ connectionString: server.connectionString, project: "p", layout, keyTtlSeconds });
}

/** Writes a batch in the view's first run. */
async function writeFirst(store: OnlineStore, view: FeatureView, batch: RecordBatch): Promise<WriteCount> {
  await using run = await store.beginRun(view);
  expect(run.watermark).toBeUndefined();
  return await run.write(batch);
}

/** Begins a run in place of one that renews its lease. */
async function takeOver(store: OnlineStore, mark: string): Promise<MaterializationRun> {
  for (;;) {
    await redis.hset(mark, "expires", 1);
    const run = await store.beginRun(driverStats).catch(() => undefined);
    if (run !== undefined) return run;
  }
}

/** What Redis holds: by key, its bytes as Redis keeps them, what is in it, and when it expires. */
async function held(): Promise<
  ReadonlyMap<string, { readonly dump: unknown; readonly content: unknown; readonly expires: unknown }>
> {
  const keys = (await redis.keysBuffer("*")).filter((key) => !key.toString("latin1").startsWith("icecore:"));
  const entries = keys.map(async (key) => {
    const isHash = (await redis.type(key)) === "hash";
    const [dump, content, expires] = await Promise.all([
      redis.dumpBuffer(key),
      isHash ? redis.hgetallBuffer(key) : redis.getBuffer(key),
      redis.call("EXPIRETIME", key),
    ]);
    return [key.toString("hex"), { dump, content, expires }] as const;
  });
  return new Map((await Promise.all(entries)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without how Redis keeps it: of a value that looks like a number, HSET makes one. */
function contents(all: Awaited<ReturnType<typeof held>>) {
  return [...all].map(([key, { content, expires }]) => [key, content, expires]);
}

/** What a batch leaves in an empty Redis that is merged, and that is written in a first run. */
async function bothWays(layout: RedisLayoutName, view: FeatureView, batch: RecordBatch, keyTtlSeconds?: number) {
  await using store = await open(layout, keyTtlSeconds);
  await redis.flushall();
  const merged = await store.write(view, batch);
  const afterMerge = await held();
  await redis.flushall();
  const written = await writeFirst(store, view, batch);
  expect(written).toEqual(merged);
  return [await held(), afterMerge] as const;
}

describe.each(layouts)("a first run, layout %s", (layout) => {
  const far = 4_000_000_000_000_000n;
  const trips = (count: number) =>
    tripsBatch(
      Array.from(
        { length: count },
        (_, i): Trips => [BigInt(i), far + BigInt(i) * 7_000n, i % 3 === 0 ? null : 9n, BigInt(i) ** 3n],
      ),
    );

  it.each([
    ["rows that stay", driverStats, undefined],
    ["rows that expire", { ...driverStats, ttlSeconds: 60 }, undefined],
  ] as const)("leaves what a merge does, byte for byte: %s", async (_, view, keyTtl) => {
    await redis.config("RESETSTAT");
    const [first, merged] = await bothWays(layout, view, trips(300), keyTtl);
    const stats = await redis.info("commandstats");
    expect(stats).toMatch(layout === "feast" ? /cmdstat_restore:calls=300,/ : /cmdstat_exec:calls=2,/);
    expect(first.size).toBe(300);
    expect(first).toEqual(merged);
  });

  it("leaves keys that are kept for so long after they are written", async () => {
    await bothWays(layout, { ...driverStats, ttlSeconds: 60 }, trips(3), 500);
    const [key] = (await redis.keysBuffer("*")).filter((name) => !name.toString("latin1").startsWith("icecore:"));
    expect(await redis.ttl(key as Buffer)).toBeGreaterThan(400);
    expect(await redis.ttl(key as Buffer)).toBeLessThan(501);
  });

  it("leaves values of every type, of every length, and nulls", async () => {
    const text = fc.oneof(fc.string({ maxLength: 200 }), fc.constantFrom("", "12", "a".repeat(61), "a".repeat(62)));
    const row = fc.record({
      an_int: fc.option(fc.integer()),
      a_long: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      a_double: fc.option(fc.double()),
      a_float: fc.option(fc.float()),
      a_boolean: fc.option(fc.boolean()),
      a_string: fc.option(text),
      a_binary: fc.option(fc.uint8Array({ maxLength: 5000 })),
      some_doubles: fc.option(fc.array(fc.double(), { maxLength: 20 })),
      some_strings: fc.option(fc.array(text, { maxLength: 4 })),
      event_timestamp: fc.bigInt({ min: 0n, max: far }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
        const batch = featureBatch(
          everyType,
          rows.map((values, i) => ({ ...values, id: `id ${i}` })),
        );
        const [first, merged] = await bothWays(layout, everyType, batch);
        expect(first.size).toBe(rows.length);
        expect(contents(first)).toEqual(contents(merged));
      }),
      { numRuns: 20 },
    );
  });

  it("gives way to newer rows, and takes the place of older ones", async () => {
    await using store = await open(layout);
    const row = fc.tuple(
      fc.bigInt({ min: 0n, max: 200n }),
      fc.bigInt({ min: 0n, max: 3n }),
      fc.bigInt({ min: 0n, max: 2n }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 400 }), fc.array(row, { maxLength: 400 }), async (before, rows) => {
        await redis.flushall();
        const numbered = [...before, ...rows].map(
          ([driver, event, created], i): Trips => [driver, event, created, BigInt(i)],
        );
        await writeTrips(store, ...numbered.slice(0, before.length));
        const counts = await writeFirst(store, driverStats, tripsBatch(numbered.slice(before.length)));
        expect(counts.written + counts.skipped).toBe(rows.length);
        const newest = new Map<bigint, Trips>();
        for (const trip of numbered) {
          const [driver, event, created] = trip as readonly [bigint, bigint, bigint, bigint];
          const [, e, c] = (newest.get(driver) ?? [driver, -1n, -1n]) as readonly [bigint, bigint, bigint];
          if (event > e || (event === e && created >= c)) newest.set(driver, trip);
        }
        const drivers = [...newest.keys()];
        const found = await readTrips(store, ...drivers);
        expect(found.eventTimestamps).toEqual(drivers.map((driver) => newest.get(driver)?.[1]));
      }),
      { numRuns: 30 },
    );
  });

  it("skips rows without key or event timestamp", async () => {
    await using store = await open(layout);
    await redis.flushall();
    const rows = [{ driver_id: null, event_timestamp: 1n }, { driver_id: 1n }, { driver_id: 2n, event_timestamp: 1n }];
    expect(await writeFirst(store, driverStats, featureBatch(driverStats, rows))).toEqual({
      written: 1,
      deleted: 0,
      skipped: 2,
    });
  });

  it("writes nothing once another has taken its place", async () => {
    await redis.flushall();
    await using store = await open(layout);
    const mark = `icecore:${layout === "feast" ? "view" : "packed"}:p:${driverStats.name}`;
    const first = await store.beginRun(driverStats);
    let lost: unknown;
    const writing = (async () => {
      for (;;) await first.write(trips(60_000));
    })().catch((error: unknown) => {
      lost = error;
    });
    while ((await redis.dbsize()) < 1000) await delay(1);
    await using second = await takeOver(store, mark);
    const size = await redis.dbsize();
    await writing;
    expect(lost).toMatchObject({ code: "RUN_LOST" });
    expect(await redis.dbsize()).toBe(size);
    expect(Object.keys(await redis.hgetall(mark))).not.toContain("");
    await second.write(trips(60_000));
    expect(await redis.dbsize()).toBeGreaterThanOrEqual(60_001);
  });

  it("writes nothing once the view is dropped, and leaves nothing of itself", async () => {
    await redis.flushall();
    await using store = await open(layout);
    const run = await store.beginRun(driverStats);
    await store.dropView(driverStats);
    await expect(run.write(trips(300))).rejects.toMatchObject({ code: "RUN_LOST" });
    expect(await held()).toEqual(new Map());
    expect(await redis.keys("icecore:view*")).toEqual([]);
  });

  it.each([
    ["may not restore keys", ["-restore"]],
    ["may not use transactions", ["-@transaction"]],
  ])("writes all rows for a user who %s", async (_, rules) => {
    await redis.flushall();
    await redis.call("ACL", "SETUSER", "narrow", "reset", "on", ">secret", "~*", "+@all", ...rules);
    const connectionString = `${server.connectionString},username=narrow,password=secret`;
    await using store = await openRedisStore({ connectionString, project: "p", layout });
    expect(await writeFirst(store, driverStats, trips(1000))).toEqual({ written: 1000, deleted: 0, skipped: 0 });
    expect((await held()).size).toBe(1000);
  });

  it("says when Redis is full, and is completed later", async () => {
    await redis.flushall();
    const used = Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
    await using store = await open(layout);
    await redis.config("SET", "maxmemory", String(used + 3_000_000));
    await expect(writeFirst(store, driverStats, trips(50_000))).rejects.toMatchObject({ code: "STORE_FULL" });
    await redis.config("SET", "maxmemory", "0");
    await using run = await store.beginRun(driverStats);
    await run.write(trips(50_000));
    expect(await redis.dbsize()).toBeGreaterThanOrEqual(50_001);
  });
});

it("keeps hashes as Redis is told to, where that is not its default", async () => {
  await redis.flushall();
  await redis.config("SET", "hash-max-listpack-entries", "3");
  await using store = await open("feast");
  await writeFirst(store, driverStats, tripsBatch([[1n, 1n, null, 5n]]));
  const [key] = [...(await held()).keys()];
  expect(await redis.call("OBJECT", "ENCODING", Buffer.from(key ?? "", "hex"))).toBe("hashtable");
  await redis.config("SET", "hash-max-listpack-entries", "128");
  expect(await readTrips(store, 1n)).toEqual({ trips: [5n], eventTimestamps: [1n] });
});

it("adds a second view to the hashes of the first", async () => {
  await redis.flushall();
  await using store = await open("feast");
  const other = { ...driverStats, name: "other" };
  const rows = Array.from({ length: 1000 }, (_, i): Trips => [BigInt(i), 1n, null, BigInt(i)]);
  await writeFirst(store, driverStats, tripsBatch(rows));
  expect(await writeFirst(store, other, tripsBatch(rows))).toEqual({ written: 1000, deleted: 0, skipped: 0 });
  const [hash] = [...(await held()).keys()];
  expect(await redis.hlen(Buffer.from(hash ?? "", "hex"))).toBe(10);
});

it("does not carry out what a run that is lost sends while Redis is full for a moment", async () => {
  await redis.flushall();
  await redis.hset("mark", "token", "another");
  const other = redis.duplicate();
  await redis.watch("mark");
  await other.config("SET", "maxmemory", "1");
  await redis.eval(guardRunScript, 1, "mark", "lost").catch(() => {});
  await other.config("SET", "maxmemory", "0");
  other.disconnect();
  expect(await redis.multi().set("row", "1").exec()).toBeNull();
});

it("merges rows of features that share a field", async () => {
  await redis.flushall();
  // Their murmur3 in this view is the same.
  const names = ["f1765", "f147025"];
  const features = names.map((name) => ({ ...(driverStats.features[2] as Feature), name }));
  const view = { ...driverStats, features };
  await using store = await open("feast");
  await writeFirst(store, view, featureBatch(view, [{ driver_id: 1n, event_timestamp: 1n, f1765: 1n, f147025: 2n }]));
  const [key] = [...(await held()).keys()].map((hex) => Buffer.from(hex, "hex")) as [Buffer];
  expect(await redis.hlen(key)).toBe(3);
  await redis.hset(key, "a field of another view", "a".repeat(100));
  expect(await redis.hlen(key)).toBe(4);
});

it("writes rows of any length in transactions of bounded length", async () => {
  await redis.flushall();
  const view = { ...everyType, features: everyType.features.filter(({ name }) => name === "a_binary") };
  const rows = Array.from({ length: 300 }, (_, i) => ({
    id: String(i),
    event_timestamp: 1n,
    a_binary: new Uint8Array(30_000).fill(i),
  }));
  await using store = await open("packed");
  expect(await writeFirst(store, view, featureBatch(view, rows))).toEqual({ written: 300, deleted: 0, skipped: 0 });
  const lengths = await Promise.all([...(await held()).keys()].map((key) => redis.strlen(Buffer.from(key, "hex"))));
  expect(lengths).toEqual(new Array(300).fill(lengths[0]));
});
