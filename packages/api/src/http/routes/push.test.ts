import { defineEntity, defineFeatureView, groupDefinitions } from "@icecore/feature-registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpApp, type HttpApp } from "../app.ts";
import { now, openDriverStore, openEmptyStore, type TestStore } from "../testing/driver-store.ts";

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

interface OnlineAnswer {
  readonly results: readonly { readonly values: readonly unknown[]; readonly event_timestamps: readonly string[] }[];
}

const online = async (driver: number) => {
  const body = { entities: { driver_id: [driver] }, features: ["driver_stats:rating", "driver_stats:seen_at"] };
  const answer = (await post("/get-online-features", body)).body as OnlineAnswer;
  return [...answer.results.slice(1).map(({ values }) => values[0]), answer.results[1]?.event_timestamps[0]];
};

const history = async (driver: number) => {
  const sql = `SELECT rating FROM driver_stats WHERE driver_id = ${driver}`;
  const headers = { accept: "application/json" };
  return (await app.request("/v1/query", { method: "POST", headers, body: JSON.stringify({ sql }) })).json();
};

describe("pushes", () => {
  it("write online what Feast's client sends, whose times are UTC", async () => {
    const df = {
      driver_id: [11],
      event_timestamp: ["2026-01-01 23:59:59.5"],
      created: ["2026-01-01 23:59:59"],
      rating: [4.5],
      seen_at: ["2026-01-01 23:00:00"],
    };
    expect(await post("/push", { push_source_name: "driver_stats", df })).toEqual({ status: 200, body: null });
    expect(await online(11)).toEqual([4.5, 1_767_308_400, "2026-01-01T23:59:59.500Z"]);
    expect(await history(11)).toEqual([]);
  });

  it("write to the history, once for a key, or to both", async () => {
    const df = { driver_id: [12], event_timestamp: ["2026-01-01T12:00:00Z"], rating: [1] };
    const push = (to: string, key?: string) => post("/push", { push_source_name: "driver_stats", df, to, key });
    await push("offline", "once");
    await push("offline", "once");
    expect(await online(12)).toEqual([null, null, "1970-01-01T00:00:00Z"]);
    expect(await history(12)).toEqual([{ rating: 1 }]);
    await push("online_and_offline");
    expect(await online(12)).toEqual([1, null, "2026-01-01T12:00:00Z"]);
    expect(await history(12)).toHaveLength(2);
  });

  it("never put an older row over a newer one", async () => {
    const write = (time: string, rating: number) =>
      post("/write-to-online-store", {
        feature_view_name: "driver_stats",
        df: { driver_id: [13], event_timestamp: [time], rating: [rating] },
      });
    expect(await write("2026-01-01T12:00:00Z", 2)).toEqual({ status: 200, body: null });
    await write("2026-01-01T11:59:59Z", 1);
    expect(await online(13)).toEqual([2, null, "2026-01-01T12:00:00Z"]);
  });

  it.each([
    [{ push_source_name: "driver_stat", df: {} }, 404, /"driver_stat".*did you mean "driver_stats"/],
    [{ push_source_name: "driver_stats", df: {} }, 400, /no columns; give at least one row/],
    [{ push_source_name: "driver_stats", df: { driver_id: [1], rating: [1, 2] } }, 400, /"rating" has 2 values where/],
    [
      {
        push_source_name: "driver_stats",
        df: { driver_id: ["x", null], event_timestamp: ["today", "2026-01-01T00:00:00Z"] },
      },
      400,
      /driver_id.*row 1 \("x"\)(.|\n)*driver_id.*row 2(.|\n)*event_timestamp.*row 1 \("today"\)/,
    ],
    [{ push_source_name: "driver_stats", df: { driver_id: [1] }, to: "everywhere" }, 422, /to/],
  ])("refuse %j", async (body, status, message) => {
    const answer = await post("/push", body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body).replaceAll("\\n", "\n").replaceAll('\\"', '"')).toMatch(message);
  });
});

describe("a push source", () => {
  it("brings the rows to its views, each with the columns that are its own", async () => {
    const described = { owner: "ml", description: "For tests." };
    const rider = defineEntity({ ...described, name: "rider", joinKeys: { rider: "string" } });
    const common = { ...described, entities: [rider], pushSource: "rides" };
    const counts = defineFeatureView({ ...common, name: "counts", features: { rides: "long" } });
    const scores = defineFeatureView({
      ...common,
      name: "scores",
      features: { score: "double", path: "list<float>", seen: "list<timestamptz>" },
    });
    await using empty = await openEmptyStore();
    const { store } = empty;
    await store.apply(await store.plan(groupDefinitions([rider, counts, scores])));
    const asked = createHttpApp(store, { now });
    const push = async (push_source_name: string, df: object) => {
      const body = JSON.stringify({ push_source_name, df, to: "online_and_offline" });
      return (await asked.request("/push", { method: "POST", body })).status;
    };
    const row = { rider: ["r"], event_timestamp: ["2026-01-01T12:00:00Z"] };
    expect(await push("rides", { ...row, rides: [3], score: [0.5], path: [null] })).toBe(200);
    expect(
      await push("scores", { ...row, rider: ["s"], score: [null], path: [[1, 0.5]], seen: [[1_767_265_200]] }),
    ).toBe(200);
    expect(await push("counts", { ...row, rider: ["s"], rides: [4] })).toBe(200);
    expect(await push("rides", { ...row, rides: [3], other: [0.5] })).toBe(400);
    expect(await push("ride", { ...row, rides: [3] })).toBe(404);
    const features = ["counts:rides", "scores:score", "scores:path", "scores:seen"];
    const { vectors } = await store.getOnlineFeatures({ features, entities: [{ rider: "r" }, { rider: "s" }] });
    expect(vectors).toEqual([
      { rides: 3n, score: 0.5, path: null, seen: null },
      { rides: 4n, score: null, path: [1, 0.5], seen: [new Date("2026-01-01T11:00:00Z")] },
    ]);
    const body = JSON.stringify({ features: ["scores:path"], entities: { rider: ["r", "s"] } });
    const answer = await asked.request("/get-online-features", { method: "POST", body });
    expect(await answer.text()).toContain('{"values":[null,[1.0,0.5]],"statuses":["NULL_VALUE","PRESENT"]');
  });
});
