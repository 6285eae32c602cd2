import type { FeatureView } from "@icecore/feature-registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityKeys, finishRun, readTrips, writeTrips } from "../testing/driver-rows.ts";
import { featureBatch } from "../testing/feature-batch.ts";
import { driverStats, everyType, routeStats } from "../testing/views.ts";
import { corrections } from "./corrections.suite.ts";
import { evolution } from "./evolution.suite.ts";
import { newestWins } from "./newest-wins.suite.ts";
import type { OnlineStore } from "./online-store.ts";
import { runs } from "./runs.suite.ts";

/** One place to keep rows in; opened several times it is the same place. */
export interface StoreUnderTest extends AsyncDisposable {
  open(project: string): Promise<OnlineStore>;
}

/** What every online store has to do. */
export function onlineStoreSuite(name: string, start: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let place: StoreUnderTest;
    let projects = 0;

    beforeAll(async () => {
      place = await start();
    });
    afterAll(() => place[Symbol.asyncDispose]());

    const open = (project = `project_${projects++}`) => place.open(project);
    newestWins(open);
    values(open);
    forgetting(open);
    answering(open);
    corrections(open);
    evolution(open);
    runs(open);
  });
}

type Open = (project?: string) => Promise<OnlineStore>;

function values(open: Open): void {
  it("gives values of every type back", async () => {
    await using store = await open();
    const row = {
      id: "naïve 🦆",
      event_timestamp: 1n,
      a_boolean: true,
      an_int: -7,
      a_long: -(2n ** 63n),
      a_float: 0.5,
      a_double: Number.NaN,
      a_date: new Date("2026-03-01T00:00:00Z"),
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
    await store.write(everyType, featureBatch(everyType, [row]));
    const keys = entityKeys(everyType, [row.id]);
    const [result] = await store.read([{ view: everyType, features: everyType.features, keys }]);
    expect(Object.fromEntries(everyType.features.map(({ name }, i) => [name, result?.columns[i]?.[0]]))).toStrictEqual({
      a_boolean: true,
      an_int: -7,
      a_long: -(2n ** 63n),
      a_float: 0.5,
      a_double: Number.NaN,
      a_date: row.a_date,
      a_time: row.a_time,
      a_timestamp: row.a_timestamp,
      a_timestamptz: row.a_timestamptz,
      a_string: row.a_string,
      a_uuid: "00112233-4455-6677-8899-aabbccddeeff",
      a_binary: row.a_binary,
      a_decimal: "123.45",
      some_booleans: [true, false, true],
      some_doubles: [],
      some_strings: ["", "日本語 ✈"],
      some_times: [new Date("2026-03-01T12:34:56Z")],
    });
  });

  it("tells a null from a feature that the row has not, and that from an entity that is not there", async () => {
    await using store = await open();
    await writeTrips(store, [1n, 5n, null, 3n]);
    const features = [...driverStats.features, { name: "added_later", type: "long" }];
    const [key] = entityKeys(driverStats, [1n]);
    const [absent] = entityKeys(driverStats, [2n]);
    const [result] = await store.read([{ view: driverStats, features, keys: [key, absent, undefined] }]);
    expect(result).toMatchObject({
      eventTimestamps: [5n, undefined, undefined],
      columns: [
        [null, undefined, undefined],
        [null, undefined, undefined],
        [3n, undefined, undefined],
        [undefined, undefined, undefined],
      ],
    });
  });

  it("reads several views at once, and joins on several keys", async () => {
    await using store = await open();
    const hour = new Date("2026-01-01T05:00:00Z");
    const route = { user: "u1", item: 7, hour, event_timestamp: 9n, rides: 4 };
    await store.write(routeStats, featureBatch(routeStats, [route, { ...route, user: "u2", rides: 5 }]));
    await writeTrips(store, [1n, 5n, null, 3n]);
    const results = await store.read([
      { view: driverStats, features: [], keys: entityKeys(driverStats, [1n]) },
      {
        view: routeStats,
        features: routeStats.features,
        keys: entityKeys(routeStats, ["u2", 7, hour], ["u1", 7, hour]),
      },
      { view: routeStats, features: routeStats.features, keys: [] },
    ]);
    expect(results).toMatchObject([
      { eventTimestamps: [5n], columns: [] },
      { eventTimestamps: [9n, 9n], columns: [[5, 4]] },
      { eventTimestamps: [], columns: [[]] },
    ]);
  });

  it("takes a hundred thousand rows in one batch", async () => {
    await using store = await open();
    const rows = Array.from({ length: 100_000 }, (_, i) => ({
      driver_id: BigInt(i),
      event_timestamp: 1n,
      conv_rate: i / 4,
      avg_daily_trips: BigInt(i),
    }));
    expect(await store.write(driverStats, featureBatch(driverStats, rows))).toEqual({
      written: 100_000,
      deleted: 0,
      skipped: 0,
    });
    expect(await readTrips(store, 0n, 65_536n, 99_999n)).toMatchObject({ trips: [0n, 65_536n, 99_999n] });
  });
}

function forgetting(open: Open): void {
  it("names the entities that it holds rows of a view for", async () => {
    await using store = await open();
    expect(await storedEntities(store, routeStats)).toEqual([]);
    const hour = new Date("2026-01-01T05:00:00Z");
    const route = { user: "u1", item: -7, hour, event_timestamp: 9n, rides: 4 };
    const sibling = { ...routeStats, name: "route_stats_too" };
    await store.write(routeStats, featureBatch(routeStats, [route, { ...route, user: "naïve 🦆" }]));
    await store.write(sibling, featureBatch(sibling, [{ ...route, user: "another" }]));
    expect(await storedEntities(store, routeStats)).toEqual([
      { user: "naïve 🦆", item: -7, hour: hour.getTime() },
      { user: "u1", item: -7, hour: hour.getTime() },
    ]);
  });

  it("drops a view, and nothing of other views and projects", async () => {
    const sibling = { ...driverStats, name: "driver_hourly" };
    await using store = await open("drop");
    await using alike = await open("adrop");
    await using other = await open("drop2");
    for (const each of [store, alike, other]) {
      await writeTrips(each, [1n, 5n, null, 1n], [2n, 5n, null, 2n]);
      await finishRun(each, driverStats, 1n);
    }
    await store.write(sibling, featureBatch(sibling, [{ driver_id: 1n, event_timestamp: 5n, avg_daily_trips: 3n }]));
    await store.dropView(driverStats);
    expect(await readTrips(store, 1n, 2n)).toMatchObject({ eventTimestamps: [undefined, undefined] });
    expect(await store.loadWatermark(driverStats)).toBeUndefined();
    const request = { view: sibling, features: sibling.features, keys: entityKeys(sibling, [1n]) };
    expect(await store.read([request])).toMatchObject([{ eventTimestamps: [5n] }]);
    for (const each of [alike, other]) {
      expect(await readTrips(each, 1n, 2n)).toMatchObject({ trips: [1n, 2n] });
      expect(await each.loadWatermark(driverStats)).toEqual({ snapshotId: 1n });
    }
  });

  it("keeps projects apart", async () => {
    await using store = await open();
    await using other = await open();
    await writeTrips(store, [1n, 5n, null, 1n]);
    expect(await readTrips(other, 1n)).toMatchObject({ trips: [undefined] });
  });
}

async function storedEntities(store: OnlineStore, view: FeatureView): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const batch of store.entities(view)) rows.push(...batch.toArray().map((row) => row.toJSON()));
  return rows.sort((a, b) => String(a["user"]).localeCompare(String(b["user"])));
}

function answering(open: Open): void {
  it("answers a ping", async () => {
    await using store = await open();
    await expect(store.ping()).resolves.toBeUndefined();
  });
}
