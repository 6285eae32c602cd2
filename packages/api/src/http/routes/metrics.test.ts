import { RestCatalog } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHttpApp, type HttpApp } from "../app.ts";
import type { AccessRecord } from "../middleware/access-log.ts";
import { now, openDriverStore, openEmptyStore, type TestStore } from "../testing/driver-store.ts";

let opened: TestStore;
let app: HttpApp;
beforeAll(async () => {
  opened = await openDriverStore();
  app = createHttpApp(opened.store, { now });
});
afterAll(() => opened[Symbol.asyncDispose]());

async function metrics(of: HttpApp = app): Promise<string> {
  const response = await of.request("/metrics");
  expect(response.headers.get("content-type")).toContain("text/plain");
  return response.text();
}

/** The value of a series. */
async function value(series: string): Promise<number> {
  const line = (await metrics()).split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? Number.NaN);
}

it("counts requests by route, and what reads have found", async () => {
  const body = JSON.stringify({ features: ["driver_stats:rating"], entities: { driver_id: [2, 99] } });
  await app.request("/get-online-features", { method: "POST", body });
  await app.request("/no/such/path");
  const text = await metrics();
  expect(text).toContain(
    'icecore_http_request_duration_seconds_count{method="POST",route="/get-online-features",status="200"} 1',
  );
  expect(text).toContain('icecore_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1');
  expect(text).toContain('icecore_online_features_total{status="NOT_FOUND"} 2');
  expect(text).toContain("process_cpu_seconds_total");
});

it("says how fresh a view is", async () => {
  await using fresh = await openDriverStore();
  app = createHttpApp(fresh.store, { now });
  const labels = '{feature_view="driver_stats"}';
  expect(await value(`icecore_feature_view_committed_timestamp_seconds${labels}`)).toBeGreaterThan(1.7e9);
  expect(await value(`icecore_feature_view_materialized_timestamp_seconds${labels}`)).toBeNaN();
  await fresh.store.materialize();
  app = createHttpApp(fresh.store, { now });
  expect(await value(`icecore_feature_view_lag_seconds${labels}`)).toBe(0);
  const committed = await value(`icecore_feature_view_committed_timestamp_seconds${labels}`);
  expect(await value(`icecore_feature_view_materialized_timestamp_seconds${labels}`)).toBe(committed);
});

it("answers before anything is applied", async () => {
  await using empty = await openEmptyStore();
  expect(await metrics(createHttpApp(empty.store, { now }))).toContain("icecore_http_request_duration_seconds");
});

it("tells of the other views where one cannot be looked at, and logs why", async () => {
  await using broken = await openDriverStore();
  const { store } = broken;
  const { catalogHandler } = store;
  if (catalogHandler === undefined) throw new Error("it is embedded");
  const { definitions } = await store.registry();
  const copies = definitions.featureViews.map((view) => ({ ...view, name: "gone" }));
  await store.apply(await store.plan({ ...definitions, featureViews: [...definitions.featureViews, ...copies] }));
  const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: catalogHandler });
  await catalog.dropTable({ namespace: ["rides"], name: "gone" });
  const records: AccessRecord[] = [];
  const text = await metrics(createHttpApp(store, { now, log: (record) => records.push(record) }));
  expect(text).toContain('icecore_feature_view_committed_timestamp_seconds{feature_view="driver_stats"}');
  expect(records).toMatchObject([{ status: 200, error: expect.stringContaining("gone") }]);
});
