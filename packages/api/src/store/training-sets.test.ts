import { access, readdir } from "node:fs/promises";
import { defineEntity, defineFeatureView, groupDefinitions } from "@icecore/feature-registry";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openEmptyStore, type TestStore } from "../http/testing/driver-store.ts";

const described = { owner: "ml", description: "For tests." };
const driver = defineEntity({ ...described, name: "driver", joinKeys: { driver_id: "long" } });
const view = (name: string) =>
  defineFeatureView({ ...described, name, entities: [driver], features: { rating: "double" } });

let opened: TestStore;

beforeAll(async () => {
  opened = await openEmptyStore();
  const { store } = opened;
  await store.apply(await store.plan(groupDefinitions([driver, view("driver_stats"), view("rides")])));
  for (const name of ["driver_stats", "rides"]) await store.ingest(name, { sql: rides("2026-01-01") });
});
afterAll(() => opened[Symbol.asyncDispose]());

const at = { kind: "latest" } as const;
const selection = { features: ["driver_stats:rating"] };
/** Of a table that no feature is from. */
const sql = "SELECT driver_id, event_timestamp FROM rides";

it("keeps the rows of a query, which has others as soon as its tables change", async () => {
  const { store, folder } = opened;
  const { lock } = await store.createTrainingSet({ name: "asked", spine: { sql }, selection, at, out: out("asked") });
  expect(lock.spine.input).toEqual({ files: ["asked.spine.parquet"], sql });
  await store.ingest("rides", { sql: rides("2026-01-02") });
  expect((await store.reproduceTrainingSet("asked")).digest).toBe(lock.result.digest);
  await store.removeTrainingSet("asked");
  expect((await readdir(folder)).filter((name) => name.includes("spine"))).toEqual([]);
});

it("keeps nothing of a query that fails, and does not touch what is there", async () => {
  const { store } = opened;
  const create = (name: string, text: string) =>
    store.createTrainingSet({ name, spine: { sql: text }, selection, at, out: out(name) });
  await expect(create("failed", "SELECT 1 AS driver_id")).rejects.toThrow(
    /^the query: cannot tell the time of each row/,
  );
  await create("failed", sql);
  const claimed = await store.claimSpinePath("taken", "parquet");
  await expect(create("taken", sql)).rejects.toThrow(/taken\.spine\.parquet is there already/);
  await access(claimed);
});

it("says so when there is nothing to forget, and forgets what a killed run left", async () => {
  const { store } = opened;
  await expect(store.removeTrainingSet("failled")).rejects.toThrow(
    'there is no training set "failled" (did you mean "failed"?); icecore training-set list shows which there are',
  );
  await store.tag("rides", "spine-of-training-set-killed");
  expect(await store.removeTrainingSet("killed")).toEqual([]);
  await expect(store.removeTrainingSet("killed")).rejects.toThrow("there is no training set");
});

const rides = (day: string): string =>
  `SELECT 1::BIGINT AS driver_id, TIMESTAMPTZ '${day} 00:00:00Z' AS event_timestamp, 4.5::DOUBLE AS rating`;

const out = (name: string): string => `${opened.folder}/${name}.csv`;
