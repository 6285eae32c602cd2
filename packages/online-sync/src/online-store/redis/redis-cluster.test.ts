import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { snapshotId } from "@icecore/iceberg-catalog";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { finishRun, readTrips, type Trips, tripsBatch, writeTrips } from "../../testing/driver-rows.ts";
import { startCluster, type TestCluster, until } from "../../testing/start-cluster.ts";
import { driverStats } from "../../testing/views.ts";
import { onlineStoreSuite } from "../online-store.suite.ts";
import { openRedisStore, type RedisLayoutName } from "./redis-online-store.ts";
import { keySlot, slotTag } from "./servers/key-slot.ts";

const layouts: readonly RedisLayoutName[] = ["feast", "packed"];
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster(inject("redisServer"));
});
afterAll(() => cluster[Symbol.asyncDispose]());

const open = (project: string, layout: RedisLayoutName) =>
  openRedisStore({ connectionString: cluster.connectionString, redisType: "redis_cluster", project, layout });

for (const layout of layouts) {
  onlineStoreSuite(`a cluster of Redis, layout ${layout}`, async () => ({
    open: (project) => open(project, layout),
    [Symbol.asyncDispose]: async () => {},
  }));
}

it("slots are those of the specification", () => {
  expect(keySlot(Buffer.from("123456789"))).toBe(0x31c3);
  expect(keySlot(Buffer.from("{user1000}.following"))).toBe(keySlot(Buffer.from("user1000")));
  expect(keySlot(Buffer.from("foo{}{bar}"))).toBe(keySlot(Buffer.from("foo{}{bar}")));
  for (const slot of [0, 5461, 16_383]) expect(keySlot(Buffer.from(slotTag(slot)))).toBe(slot);
});

describe.each(layouts)("a cluster that changes, layout %s", (layout) => {
  const drivers = Array.from({ length: 300 }, (_, i) => BigInt(i));
  const rows = (event: bigint) => drivers.map((driver): Trips => [driver, event, null, driver]);

  it("notices a server that has lost its rows", async () => {
    await using store = await open(`emptied_${layout}`, layout);
    await finishRun(store, driverStats, 5n);
    expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 5n });
    await cluster.clients[1]?.flushall();
    expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: undefined });
    await finishRun(store, driverStats, 5n);
    expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 5n });
  });

  it("is followed while slots move, by readers and writers", async () => {
    await using store = await open(`moved_${layout}`, layout);
    await writeTrips(store, ...rows(1n));
    const moving = reshard(layout === "feast" ? [1, 2] : [2, 1], 300);
    let event = 1n;
    for (let moved = false; !moved; ) {
      moved = await Promise.race([moving.then(() => true), delay(1, false)]);
      event++;
      expect(await writeTrips(store, ...rows(event))).toMatchObject({ written: drivers.length });
      expect(await readTrips(store, ...drivers)).toMatchObject({ trips: drivers });
    }
    expect(await readTrips(store, ...drivers)).toMatchObject({ eventTimestamps: drivers.map(() => event) });
    await finishRun(store, driverStats, 5n);
    expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 5n });
  });
});

it("is waited for while one slot is long on its way", async () => {
  const masters = cluster.clients.slice(0, 3);
  // A slot changes hands only where no keys of other tests are in it.
  await Promise.all(masters.map((client) => client.flushall()));
  await using store = await open("long_way", "packed");
  await writeTrips(store, [1n, 1n, null, 1n]);
  const found = await Promise.all(masters.map((client) => client.keysBuffer("ic:long_way:*")));
  const from = found.findIndex((keys) => keys.length > 0);
  const key = found[from]?.[0] as Buffer;
  const [source, target] = [masters[from] as Redis, masters[(from + 1) % 3] as Redis];
  const [sourceId, targetId] = await Promise.all([source, target].map((client) => client.call("CLUSTER", "MYID")));
  const setSlot = (client: Redis, state: string, id: unknown) =>
    client.call("CLUSTER", "SETSLOT", keySlot(key), state, String(id));
  await source.del(key);
  await setSlot(target, "IMPORTING", sourceId);
  await setSlot(source, "MIGRATING", targetId);
  const writing = writeTrips(store, [1n, 2n, null, 2n]);
  await Promise.race([writing, delay(4000)]);
  for (const client of [target, source, ...masters]) await setSlot(client, "NODE", targetId);
  expect(await writing).toMatchObject({ written: 1 });
  expect(await readTrips(store, 1n)).toMatchObject({ trips: [2n] });
});

/** Moves slots, with their keys, between two of the servers. */
async function reshard([from, to]: readonly [number, number], slots: number): Promise<void> {
  const id = async (index: number) => String(await cluster.clients[index]?.call("CLUSTER", "MYID"));
  const ends = ["--cluster-from", await id(from), "--cluster-to", await id(to), "--cluster-slots", String(slots)];
  const cli = join(dirname(inject("redisServer")), "redis-cli");
  const address = cluster.servers[0]?.connectionString ?? "";
  await promisify(execFile)(cli, ["--cluster", "reshard", address, ...ends, "--cluster-yes"]);
}

describe("a failover", () => {
  it("voids the run that it falls into, and the next one completes it", async () => {
    await using store = await open("failover", "packed");
    const drivers = Array.from({ length: 100 }, (_, i) => BigInt(i));
    const batch = tripsBatch(drivers.map((driver) => [driver, 1n, null, driver]));
    await finishRun(store, driverStats, 1n);
    const run = await store.beginRun(driverStats);
    await run.write(batch);
    const [, , , replica] = cluster.clients;
    await replica?.call("CLUSTER", "FAILOVER");
    await until(async () => /role:master/.test((await replica?.info("replication")) ?? ""));
    await expect(run.finish(snapshotId(2n))).rejects.toMatchObject({ code: "RUN_LOST" });
    await run[Symbol.asyncDispose]();
    expect(await readTrips(store, ...drivers)).toMatchObject({ trips: drivers });
    const again = await store.beginRun(driverStats);
    expect(again.watermark).toEqual({ snapshotId: 1n });
    await again.write(batch);
    await again.finish(snapshotId(2n));
    expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 2n });
  });
});
