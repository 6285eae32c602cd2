import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FeatureRequest, FeatureView } from "@icecore/feature-registry";
import { timestampMs } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbeddedStore } from "../online-store/embedded/embedded-online-store.ts";
import type { OnlineStore } from "../online-store/online-store.ts";
import { featureBatch } from "../testing/feature-batch.ts";
import { driverStats, routeStats } from "../testing/views.ts";
import type { EntityRows } from "./entity-rows.ts";
import { readOnlineFeatures } from "./online-features.ts";

const now = timestampMs(Date.parse("2026-01-02T00:00:00Z"));
const dayBefore = BigInt(Date.parse("2026-01-01T00:00:00Z")) * 1000n;
const mortal: FeatureView = { ...driverStats, name: "mortal", ttlSeconds: 86_400 };

let folder: string;
let store: OnlineStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "icecore-retrieval-"));
  store = await openEmbeddedStore({ path: join(folder, "online.mdb"), project: "p" });
  const row = { driver_id: 1n, event_timestamp: dayBefore, conv_rate: 0.5, acc_rate: null, avg_daily_trips: 3n };
  await store.write(driverStats, featureBatch(driverStats, [row, { ...row, driver_id: 2n, conv_rate: 0.25 }]));
  await store.write(
    mortal,
    featureBatch(mortal, [row, { ...row, driver_id: 2n, event_timestamp: dayBefore - 1n, acc_rate: null }]),
  );
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function request(view: FeatureView, features: readonly string[], keyColumns?: readonly string[]): FeatureRequest {
  const requested = features.map((name) => {
    const feature = view.features.find((candidate) => candidate.name === name) ?? { name, type: "long" };
    return { feature, output: `${view.name}__${name}` };
  });
  return { view, name: view.name, features: requested, keyColumns: keyColumns ?? view.joinKeys.map((key) => key.name) };
}

describe("online features", () => {
  it("say how each value came about, in the order they were asked for", async () => {
    const requests = [request(driverStats, ["acc_rate", "conv_rate", "added_later"]), request(mortal, ["conv_rate"])];
    const { columns } = await readOnlineFeatures(store, requests, { driver_id: [2n, 1n, 99n, null] }, now);
    const driverEvents = [dayBefore, dayBefore, undefined, undefined];
    expect(columns).toEqual([
      {
        name: "driver_hourly_stats__acc_rate",
        values: [null, null, null, null],
        statuses: ["NULL_VALUE", "NULL_VALUE", "NOT_FOUND", "NOT_FOUND"],
        eventTimestamps: driverEvents,
      },
      {
        name: "driver_hourly_stats__conv_rate",
        values: [0.25, 0.5, null, null],
        statuses: ["PRESENT", "PRESENT", "NOT_FOUND", "NOT_FOUND"],
        eventTimestamps: driverEvents,
      },
      {
        name: "driver_hourly_stats__added_later",
        values: [null, null, null, null],
        statuses: ["NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
        eventTimestamps: driverEvents,
      },
      {
        name: "mortal__conv_rate",
        values: [null, 0.5, null, null],
        statuses: ["OUTSIDE_MAX_AGE", "PRESENT", "NOT_FOUND", "NOT_FOUND"],
        eventTimestamps: [dayBefore - 1n, dayBefore, undefined, undefined],
      },
    ]);
  });

  it("join the same view on other columns", async () => {
    const requests = [request(driverStats, ["conv_rate"], ["first"]), request(driverStats, ["conv_rate"], ["second"])];
    const { columns } = await readOnlineFeatures(store, requests, { first: [1], second: ["2"], label: [true] }, now);
    expect(columns.map(({ values }) => values)).toEqual([[0.5], [0.25]]);
  });

  it.each([1, 1n, "1"])("take %o for a long", async (driver_id) => {
    const { columns } = await readOnlineFeatures(
      store,
      [request(driverStats, ["conv_rate"])],
      { driver_id: [driver_id] },
      now,
    );
    expect(columns[0]?.values).toEqual([0.5]);
  });
});

describe("entity rows that do not fit", () => {
  const drivers = [request(driverStats, ["conv_rate"])];
  const routes = [request(routeStats, ["rides"])];
  const hour = "2026-01-01T00:00:00Z";

  it.each<[string, readonly FeatureRequest[], EntityRows, string]>([
    ["none", drivers, {}, "no entities given"],
    [
      "a column is missing",
      drivers,
      { driver: [1] },
      'entity column "driver_id" is missing; feature view "driver_hourly_stats"',
    ],
    ["not one of its own", drivers, { a: [] }, '"driver_id" is missing'],
    ["lengths", drivers, { driver_id: [1, 2], other: [1] }, '"other" has 1 values where "driver_id" has 2'],
    ["a fraction", drivers, { driver_id: [1, 1.5] }, 'entity column "driver_id", row 1: 1.5 is no long'],
    ["beyond 2^53", drivers, { driver_id: [2 ** 53] }, "as a string when it is beyond 2^53"],
    ["beyond 64 bits", drivers, { driver_id: ["9223372036854775808"] }, "is no long"],
    ["text", drivers, { driver_id: ["one"] }, '"one" is no long'],
    ["beyond 32 bits", routes, { user: ["u"], item: [2 ** 31], hour: [hour] }, "2147483648 is no int"],
    ["a number for text", routes, { user: [1], item: [1], hour: [hour] }, "1 is no string"],
    ["no zone", routes, { user: ["u"], item: [1], hour: ["2026-01-01T00:00:00"] }, "is no timestamptz"],
    ["an object", routes, { user: [{}], item: [1], hour: [hour] }, "an object is no string"],
  ])("%s", async (_, requests, rows, message) => {
    await expect(readOnlineFeatures(store, requests, rows, now)).rejects.toMatchObject({
      code: "ENTITY_INVALID",
      message: expect.stringContaining(message),
    });
  });
});
