import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FeatureView } from "@icecore/feature-registry";
import { timestampMs } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbeddedStore } from "../online-store/embedded/embedded-online-store.ts";
import type { OnlineStore } from "../online-store/online-store.ts";
import { featureBatch } from "../testing/feature-batch.ts";
import { driverStats, everyType } from "../testing/views.ts";
import { verifyRows } from "./verify-rows.ts";

let folder: string;
let store: OnlineStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "icecore-verify-"));
  store = await openEmbeddedStore({ path: join(folder, "online.mdb"), project: "p" });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const verify = (view: FeatureView, batch: RecordBatch, maxDifferences = 10) => {
  const batches = (async function* () {
    yield batch;
  })();
  return verifyRows({ view, store, batches, now: timestampMs(100_000), maxDifferences });
};

it("takes whichever is online of rows that are equal in both timestamps", async () => {
  const row = (driver_id: bigint, avg_daily_trips: bigint) => ({ driver_id, event_timestamp: 1n, avg_daily_trips });
  await store.write(driverStats, featureBatch(driverStats, [row(1n, 5n), row(2n, 7n)]));
  const tied = [row(1n, 4n), row(1n, 5n), row(1n, 6n), row(2n, 8n), row(2n, 9n)];
  const { counts, differences } = await verify(driverStats, featureBatch(driverStats, tied));
  expect(counts).toMatchObject({ matching: 1, mismatched: 1 });
  expect(differences.map(({ entity }) => entity)).toEqual([{ driver_id: 2n }]);
});

const everything = {
  id: "naïve 🦆",
  event_timestamp: 1n,
  a_boolean: true,
  an_int: -7,
  a_long: -(2n ** 63n),
  a_float: 0.5,
  a_double: Number.NaN,
  a_date: new Date("1969-03-01T00:00:00Z"),
  a_time: 86_399_999_999n,
  a_timestamp: new Date("1969-12-31T23:59:59.999Z"),
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

it("finds rows of every type matching, and each type that differs", async () => {
  const batch = featureBatch(everyType, [everything, { id: "nulls", event_timestamp: 1n }]);
  await store.write(everyType, batch);
  expect((await verify(everyType, batch)).counts).toMatchObject({ matching: 2, mismatched: 0 });
  const { differences } = await verify(everyType, featureBatch(everyType, [{ ...everything, id: "nulls" }]));
  expect(differences[0]?.features.map(({ name }) => name)).toEqual(everyType.features.map(({ name }) => name));
  expect(differences[0]?.features.find(({ name }) => name === "a_decimal")?.offline).toBe("123.45");
});

it("tells what is missing, expired, stale, ahead and mismatched apart", async () => {
  const view = { ...driverStats, ttlSeconds: 50 };
  const row = (driver_id: bigint, seconds: bigint, trips: bigint | null) => ({
    driver_id,
    event_timestamp: seconds * 1_000_000n,
    avg_daily_trips: trips,
  });
  await store.write(
    view,
    featureBatch(view, [row(1n, 70n, 1n), row(2n, 70n, 1n), row(3n, 70n, 1n), row(4n, 70n, null)]),
  );
  const offline = [
    row(1n, 70n, 1n),
    row(2n, 71n, 1n),
    row(3n, 69n, 1n),
    row(4n, 70n, 4n),
    row(5n, 50n, 1n),
    row(6n, 49n, 1n),
  ];
  const { counts, differences } = await verify(view, featureBatch(view, offline), 2);
  expect(counts).toEqual({ matching: 1, stale: 1, ahead: 1, mismatched: 1, missing: 1, expired: 1 });
  expect(differences.map(({ verdict, entity }) => [verdict, entity])).toEqual([
    ["stale", { driver_id: 2n }],
    ["mismatched", { driver_id: 4n }],
  ]);
});
