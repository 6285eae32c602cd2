import { createHttpApp, type HttpServer, serveHttp } from "@icecore/api";
import { defineEntity, defineFeatureService, defineFeatureView, groupDefinitions } from "@icecore/feature-registry";
import { startRedis, type TestRedis } from "@icecore/online-sync/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openEmptyStore, type TestStore } from "../../packages/api/src/http/testing/driver-store.ts";
import { type Feast, startFeast } from "./support/feast.ts";

const described = { owner: "ml", description: "As in feast_online.py." };
const driver = defineEntity({ ...described, name: "driver", joinKeys: { driver_id: "long" } });
const rider = defineEntity({ ...described, name: "rider", joinKeys: { rider: "string" } });
const driverStats = defineFeatureView({
  ...described,
  name: "driver_stats",
  entities: [driver],
  features: {
    conv_rate: "float",
    rating: "double",
    trips: "long",
    rank: "int",
    active: "boolean",
    name: "string",
    photo: "binary",
    seen_at: "timestamptz",
    flags: "list<boolean>",
    ranks: "list<int>",
    days: "list<long>",
    embedding: "list<float>",
    scores: "list<double>",
    labels: "list<string>",
    photos: "list<binary>",
    visits: "list<timestamptz>",
  },
});
const rideStats = defineFeatureView({
  ...described,
  name: "ride_stats",
  entities: [driver, rider],
  features: { rides: "long" },
});
const activity = defineFeatureService({ ...described, name: "driver_activity", features: [driverStats, rideStats] });

const project = "rides";
const features = Object.keys(driverStats.featureTypes).map((name) => `driver_stats:${name}`);

/** Feast's words for statuses, by their numbers. */
const [present, nullValue, notFound, outsideMaxAge] = [1, 2, 3, 4];

let redis: TestRedis;
let feast: Feast;
let opened: TestStore;
let server: HttpServer;
let onlineStore: { readonly redis: object; readonly remote: object };

beforeAll(async () => {
  feast = startFeast();
  redis = await startRedis(inject("redisServer"));
  opened = await openEmptyStore({
    project,
    online_store: { type: "redis", connection_string: redis.connectionString },
  });
  const { store } = opened;
  await store.apply(await store.plan(groupDefinitions([driver, rider, driverStats, rideStats, activity])));
  server = await serveHttp(createHttpApp(store), { port: 0 });
  onlineStore = {
    redis: { type: "redis", connection_string: redis.connectionString },
    remote: { type: "remote", path: server.url },
  };
});
afterAll(async () => {
  await server.close();
  await opened[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await feast[Symbol.asyncDispose]();
});

const full = {
  driver_id: 1,
  event_timestamp: "2026-01-01T12:00:00.123456Z",
  conv_rate: 0.25,
  rating: 4.1,
  trips: 9_007_199_254_740_991,
  rank: -7,
  active: true,
  name: "Zoë ☃",
  photo: "AAH/",
  seen_at: "2026-01-01T11:59:59Z",
  flags: [true, false],
  ranks: [-7, 7],
  days: [1, 9_007_199_254_740_991],
  embedding: [0.25, -1],
  scores: [4.1, 2],
  labels: ["", "☃"],
  photos: ["AAH/", ""],
  visits: ["2026-01-01T11:59:59Z"],
};
const empty = { driver_id: 2, event_timestamp: "2026-01-01T12:00:00Z", name: "nobody" };
const seenAt = 1_767_268_799;

type Answer = Readonly<Record<string, { values: unknown[]; statuses: number[]; seconds: number[] }>>;

const feastReads = async (store: "redis" | "remote", ...read: readonly object[]) =>
  feast.ask<readonly Answer[]>({ project, online_store: onlineStore[store], read });
const feastWrites = async (view: string, ...rows: readonly object[]) =>
  feast.ask({ project, online_store: onlineStore.redis, write: { [view]: rows } });
const feastPushes = async (view: string, ...rows: readonly object[]) =>
  feast.ask({ project, online_store: onlineStore.remote, write: { [view]: rows } });

const valuesOf = (answer: Answer | undefined, row: number) =>
  Object.fromEntries(Object.entries(answer ?? {}).map(([name, { values }]) => [name, values[row]]));

describe("the online store", () => {
  it("that we materialized is read by Feast", async () => {
    const { store } = opened;
    await store.push("driver_stats", { rows: [full, empty] }, { to: "offline" });
    await store.push(
      "ride_stats",
      { rows: [{ driver_id: 1, rider: "é/1", event_timestamp: full.event_timestamp, rides: 3 }] },
      { to: "offline" },
    );
    await store.materialize();
    const [stats, ride] = await feastReads(
      "redis",
      { features, entities: [{ driver_id: 1 }, { driver_id: 2 }, { driver_id: 3 }] },
      { features: ["ride_stats:rides", "driver_stats:trips"], entities: [{ driver_id: 1, rider: "é/1" }] },
    );
    const { event_timestamp: _, ...values } = full;
    expect(valuesOf(stats, 0)).toEqual({ ...values, seen_at: seenAt, visits: [seenAt] });
    const nothing = Object.fromEntries(features.map((reference) => [reference.slice(13), null]));
    expect(valuesOf(stats, 1)).toEqual({ ...nothing, driver_id: 2, name: "nobody" });
    expect(valuesOf(stats, 2)).toEqual({ ...nothing, driver_id: 3 });
    expect(stats?.["rating"]?.seconds[0]).toBe(Date.parse("2026-01-01T12:00:00Z") / 1000);
    expect(valuesOf(ride, 0)).toEqual({ driver_id: 1, rider: "é/1", rides: 3, trips: full.trips });
  });

  it("that Feast wrote is read by us", async () => {
    await feastWrites(
      "driver_stats",
      { ...full, driver_id: 11 },
      { ...full, ...empty, driver_id: 12, photo: null, trips: null, rating: null },
    );
    await feastWrites("ride_stats", { driver_id: 11, rider: "b", event_timestamp: full.event_timestamp, rides: 4 });
    const { vectors, columns } = await opened.store.getOnlineFeatures({
      features: [...features, "ride_stats:rides"],
      entities: [
        { driver_id: 11, rider: "b" },
        { driver_id: 12, rider: "b" },
      ],
    });
    expect(vectors[0]).toEqual({
      conv_rate: 0.25,
      rating: 4.1,
      trips: 9_007_199_254_740_991n,
      rank: -7,
      active: true,
      name: "Zoë ☃",
      photo: new Uint8Array([0, 1, 255]),
      seen_at: new Date(full.seen_at),
      flags: full.flags,
      ranks: full.ranks,
      days: [1n, 9_007_199_254_740_991n],
      embedding: full.embedding,
      scores: full.scores,
      labels: full.labels,
      photos: [new Uint8Array([0, 1, 255]), new Uint8Array()],
      visits: [new Date(full.seen_at)],
      rides: 4n,
    });
    expect(vectors[1]).toMatchObject({ trips: null, rating: null, photo: null, name: "nobody", rides: null });
    expect(columns[0]?.eventTimestamps[0]).toBe(1_767_268_800_123_456n);
  });

  it("keeps the newest row, whoever wrote it", async () => {
    const at = (second: number, trips: number) => ({
      ...full,
      driver_id: 21,
      event_timestamp: `2026-01-01T12:00:0${second}Z`,
      trips,
    });
    const ours = (second: number, trips: number) =>
      opened.store.push("driver_stats", { rows: [at(second, trips)] }, { to: "online" });
    const trips = async () =>
      (await opened.store.getOnlineFeatures({ features: ["driver_stats:trips"], entities: [{ driver_id: 21 }] }))
        .vectors;
    await ours(5, 5);
    await feastWrites("driver_stats", at(4, 4));
    expect(await trips()).toEqual([{ trips: 5n }]);
    await feastWrites("driver_stats", at(6, 6));
    expect(await trips()).toEqual([{ trips: 6n }]);
    await ours(5, 5);
    expect(await trips()).toEqual([{ trips: 6n }]);
    await ours(7, 7);
    const [answer] = await feastReads("redis", { features: ["driver_stats:trips"], entities: [{ driver_id: 21 }] });
    expect(answer?.["trips"]?.values).toEqual([7]);
  });
});

describe("Feast's client of a remote online store", () => {
  it("reads from our server, and hears what is missing", async () => {
    const { store } = opened;
    await store.push(
      "driver_stats",
      {
        rows: [
          { ...full, driver_id: 31 },
          { ...empty, driver_id: 32 },
        ],
      },
      { to: "online" },
    );
    await store.push(
      "ride_stats",
      { rows: [{ driver_id: 31, rider: "z", event_timestamp: full.event_timestamp, rides: 5 }] },
      { to: "online" },
    );
    const [stats, service] = await feastReads(
      "remote",
      { features, entities: [{ driver_id: 31 }, { driver_id: 32 }, { driver_id: 33 }] },
      { service: "driver_activity", entities: [{ driver_id: 31, rider: "z" }] },
    );
    const { event_timestamp: _, ...values } = full;
    expect(valuesOf(stats, 0)).toEqual({ ...values, driver_id: 31, seen_at: seenAt, visits: [seenAt] });
    expect(valuesOf(stats, 1)).toMatchObject({ driver_id: 32, name: "nobody", rating: null });
    expect(stats?.["rating"]?.statuses).toEqual([present, nullValue, notFound]);
    expect(valuesOf(service, 0)).toMatchObject({ rating: 4.1, trips: full.trips, rides: 5 });
    expect(outsideMaxAge).toBe(4);
  });

  it("writes through our server", async () => {
    const row = { ...full, photo: null, photos: null };
    await feastPushes("driver_stats", { ...row, driver_id: 41 });
    const { vectors, columns } = await opened.store.getOnlineFeatures({ features, entities: [{ driver_id: 41 }] });
    const lists = { days: [1n, 9_007_199_254_740_991n], embedding: full.embedding, labels: full.labels };
    expect(vectors[0]).toMatchObject({
      rating: 4.1,
      trips: 9_007_199_254_740_991n,
      name: "Zoë ☃",
      photo: null,
      ...lists,
      visits: [new Date(full.seen_at)],
    });
    expect(columns[0]?.eventTimestamps[0]).toBe(1_767_268_800_123_456n);
  });
});
