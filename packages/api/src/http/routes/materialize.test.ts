import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpApp, type HttpApp } from "../app.ts";
import { now, openDriverStore, type TestStore } from "../testing/driver-store.ts";

let opened: TestStore;
let app: HttpApp;

beforeAll(async () => {
  opened = await openDriverStore();
  app = createHttpApp(opened.store, { now });
});
afterAll(() => opened[Symbol.asyncDispose]());

const post = async (path: string, body: object) => {
  const response = await app.request(path, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
};

const statuses = async () => {
  const body = { entities: { driver_id: [2, 3] }, features: ["driver_stats:rating"] };
  const answer = await post("/get-online-features", body);
  return (answer.body as { readonly results: readonly { readonly statuses: unknown }[] }).results[1]?.statuses;
};

describe("materialization over HTTP", () => {
  it("brings views up to date", async () => {
    expect(await statuses()).toEqual(["NOT_FOUND", "NOT_FOUND"]);
    expect(
      await post("/materialize", { start_ts: "2025-11-30T00:00:00", end_ts: "2025-12-02T00:00:00+00:00" }),
    ).toEqual({
      status: 200,
      body: null,
    });
    expect(await statuses()).toEqual(["NOT_FOUND", "OUTSIDE_MAX_AGE"]);
    expect(await post("/materialize-incremental", { end_ts: "2020-01-01T00:00:00" })).toEqual({
      status: 200,
      body: null,
    });
    expect(await statuses()).toEqual(["NULL_VALUE", "OUTSIDE_MAX_AGE"]);
  });

  it("takes both ends of a window in, to the microsecond", async () => {
    const window = { start_ts: "2026-01-01T12:00:00.123456Z", end_ts: "2026-01-01T12:00:00.123456Z" };
    const seconds = await opened.store.materialize({ full: true });
    expect(seconds[0]?.rows).toBe(3);
    expect(await post("/materialize", { ...window, feature_views: ["driver_stats"] })).toEqual({
      status: 200,
      body: null,
    });
    expect(await post("/materialize", { disable_event_timestamp: true })).toEqual({ status: 200, body: null });
  });

  it("of a view runs once at a time", async () => {
    const both = await Promise.all([
      post("/materialize", {}),
      post("/materialize", { feature_views: ["driver_stats"] }),
    ]);
    expect(both.toSorted((a, b) => a.status - b.status)).toEqual([
      { status: 200, body: null },
      { status: 409, body: { error: "already being materialized: driver_stats", feature_views: ["driver_stats"] } },
    ]);
    expect((await post("/materialize", {})).status).toBe(200);
  });

  it.each([
    [{ start_ts: "yesterday" }, 422, { detail: [{ loc: ["body", "start_ts"], msg: "Invalid ISO datetime" }] }],
    [{ feature_views: "driver_stats" }, 422, { detail: [{ loc: ["body", "feature_views"] }] }],
    [{ feature_views: ["drivers"] }, 404, { error: { code: "FEATURE_VIEW_NOT_FOUND" } }],
  ])("refuses %j", async (body, status, expected) => {
    expect(await post("/materialize", body)).toMatchObject({ status, body: expected });
  });
});
