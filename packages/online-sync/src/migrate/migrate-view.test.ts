import type { FeatureView } from "@icecore/feature-registry";
import { type SnapshotId, snapshotId } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { OnlineStore } from "../online-store/online-store.ts";
import { openRedisStore, type RedisLayoutName } from "../online-store/redis/redis-online-store.ts";
import { entityKeys, finishRun, readTrips, type Trips, tripsBatch, writeTrips } from "../testing/driver-rows.ts";
import { featureBatch } from "../testing/feature-batch.ts";
import { startRedis, type TestRedis } from "../testing/start-redis.ts";
import { driverStats, everyType, routeStats } from "../testing/views.ts";
import { migrateView } from "./migrate-view.ts";

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis(inject("redisServer"));
});
afterAll(() => redis[Symbol.asyncDispose]());

const open = (project: string, layout: RedisLayoutName) =>
  openRedisStore({ connectionString: redis.connectionString, project, layout });
const olderSnapshot = (a: SnapshotId, b: SnapshotId) => (a < b ? a : b);
const migrate = (view: FeatureView, from: OnlineStore, to: OnlineStore, removeSource = false) =>
  migrateView({ view, from, to, olderSnapshot, removeSource });

describe.each<[RedisLayoutName, RedisLayoutName]>([
  ["feast", "packed"],
  ["packed", "feast"],
])("from layout %s to %s", (source, target) => {
  it("all rows arrive while others read and write, and the old ones go when nobody writes them any more", async () => {
    const project = `from_${source}`;
    await using from = await open(project, source);
    await using to = await open(project, target);
    const drivers = Array.from({ length: 3000 }, (_, i) => BigInt(i));
    const rows = (event: bigint) => drivers.map((driver): Trips => [driver, event, 1n, driver + event]);
    {
      await using run = await from.beginRun(driverStats);
      await run.write(tripsBatch(rows(5n)));
      await run.finish(snapshotId(7n));
    }
    const migrating = migrate(driverStats, from, to);
    const pushed = drivers.filter((driver) => driver % 3n === 0n);
    await Promise.all([
      writeTrips(from, ...pushed.map((driver): Trips => [driver, 6n, 2n, -driver])),
      writeTrips(to, [1n, 9n, 1n, 111n]),
      readTrips(from, ...drivers),
    ]);
    expect(await migrating).toMatchObject({ rows: 3000, snapshotId: 7n, removed: false });
    expect(await to.loadWatermark(driverStats)).toEqual({ snapshotId: 7n });
    await migrate(driverStats, from, to);
    const expected = await readTrips(from, ...drivers);
    expect(expected.trips?.slice(0, 4)).toEqual([0n, 6n, 7n, -3n]);
    const arrived = await readTrips(to, ...drivers);
    expect(arrived.trips?.[1]).toBe(111n);
    expect(arrived.trips?.slice(2)).toEqual(expected.trips?.slice(2));
    expect(arrived.eventTimestamps?.slice(2)).toEqual(expected.eventTimestamps?.slice(2));
    expect(await migrate(driverStats, from, to, true)).toMatchObject({ written: 2999, skipped: 1, removed: true });
    expect(await readTrips(from, 0n, 1n)).toMatchObject({ trips: [undefined, undefined] });
    expect(await from.loadWatermark(driverStats)).toBeUndefined();
    expect(await readTrips(to, ...drivers)).toEqual(arrived);
  });

  it("keeps when rows were created, and values of every type", async () => {
    const project = `types_${source}`;
    await using from = await open(project, source);
    await using to = await open(project, target);
    const row = {
      id: "naïve 🦆",
      event_timestamp: 1_700_000_000_123_456n,
      created: 1_700_000_001_000_001n,
      a_boolean: false,
      an_int: -7,
      a_long: -(2n ** 63n),
      a_float: 0.5,
      a_double: Number.NEGATIVE_INFINITY,
      a_date: new Date("1969-03-01T00:00:00Z"),
      a_time: 86_399_999_999n,
      a_timestamp: new Date("1969-12-31T23:59:59Z"),
      a_timestamptz: new Date("2026-03-01T12:34:56Z"),
      a_string: "日本語 ✈",
      a_uuid: Uint8Array.from({ length: 16 }, (_, i) => i * 17),
      a_binary: Uint8Array.of(0, 255, 0),
      a_decimal: Uint32Array.of(12_345, 0, 0, 0),
      some_booleans: [true, false, true],
      some_doubles: [],
      some_strings: ["", "日本語 ✈"],
      some_times: [new Date("2026-03-01T12:34:56Z")],
    };
    const nulls = { id: "nulls", event_timestamp: -1n };
    await from.write(everyType, featureBatch(everyType, [row, nulls]));
    expect(await migrate(everyType, from, to)).toMatchObject({ rows: 2, written: 2, snapshotId: undefined });
    expect(await to.loadWatermark(everyType)).toEqual({ snapshotId: undefined });
    const keys = entityKeys(everyType, ["naïve 🦆"], ["nulls"], ["absent"]);
    const request = [{ view: everyType, features: everyType.features, keys, created: true }];
    const [old, arrived] = await Promise.all([from.read(request), to.read(request)]);
    expect(arrived[0]?.eventTimestamps).toEqual([row.event_timestamp, -1n, undefined]);
    expect(arrived[0]?.createdTimestamps.slice(0, 2)).toEqual([row.created, 0n]);
    expect(arrived[0]?.columns).toEqual(old[0]?.columns);
  });

  it("several join keys are the same entity", async () => {
    const project = `keys_${source}`;
    await using from = await open(project, source);
    await using to = await open(project, target);
    const hour = new Date("2026-01-01T05:00:00Z");
    await from.write(
      routeStats,
      featureBatch(routeStats, [{ user: "u", item: -1, hour, event_timestamp: 9n, rides: 4 }]),
    );
    await migrate(routeStats, from, to);
    const keys = entityKeys(routeStats, ["u", -1, hour]);
    expect(await to.read([{ view: routeStats, features: routeStats.features, keys }])).toMatchObject([
      { columns: [[4]] },
    ]);
  });

  it("begins again where the older of both places is, or from the beginning when that is unknown", async () => {
    const project = `marks_${source}`;
    await using from = await open(project, source);
    await using to = await open(project, target);
    await finishRun(from, driverStats, 7n);
    await finishRun(to, driverStats, 5n);
    expect(await migrate(driverStats, from, to)).toMatchObject({ snapshotId: 5n });
    const unknown = { view: driverStats, from, to, olderSnapshot: () => undefined, removeSource: false };
    expect(await migrateView(unknown)).toMatchObject({ snapshotId: undefined });
    expect(await to.loadWatermark(driverStats)).toEqual({ snapshotId: undefined });
  });

  it("refuses to remove rows that somebody still writes", async () => {
    const project = `behind_${source}`;
    await using from = await open(project, source);
    await using to = await open(project, target);
    await writeTrips(from, [1n, 1n, null, 1n]);
    // The copy is read first; what comes between it and the removal is ahead of it.
    const late: OnlineStore = Object.create(from, {
      entities: {
        value: async function* entities(view: FeatureView) {
          yield* from.entities(view);
          await writeTrips(from, [1n, 2n, null, 2n]);
        },
      },
      read: { value: from.read.bind(from) },
      loadWatermark: { value: from.loadWatermark.bind(from) },
      dropView: { value: from.dropView.bind(from) },
    });
    await expect(migrate(driverStats, late, to, true)).rejects.toMatchObject({
      code: "MIGRATION_BEHIND",
      message: expect.stringContaining('1 rows of feature view "driver_hourly_stats" are newer'),
    });
    expect(await readTrips(from, 1n)).toMatchObject({ trips: [2n] });
  });
});
