import { readdir } from "node:fs/promises";
import { tableFromIPC } from "apache-arrow";
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

const post = (body: string, headers: Record<string, string> = {}, query = "") =>
  app.request(`/v1/training-sets${query}`, { method: "POST", body, headers });
const ask = (body: object, accept = "application/json") => post(JSON.stringify(body), { accept });

const features = ["driver_stats:rating", "driver_stats:trips"];
const columns = {
  driver_id: [3, "9007199254740993", 4],
  event_timestamp: ["2025-12-01T01:00:00Z", "2026-01-01T13:00:00+00:00", "2026-01-01T13:00:00Z"],
  label: ["a", "b", null],
};
const expected = [
  { driver_id: 3, event_timestamp: "2025-12-01T01:00:00Z", label: "a", rating: 3.5, trips: 1 },
  {
    driver_id: "9007199254740993",
    event_timestamp: "2026-01-01T13:00:00Z",
    label: "b",
    rating: 4,
    trips: "9223372036854775807",
  },
  { driver_id: 4, event_timestamp: "2026-01-01T13:00:00Z", label: null, rating: null, trips: null },
];

describe("a training set over HTTP", () => {
  it("is joined to columns, a query or a body of rows", async () => {
    const ints = { ...columns, driver_id: [3, 9_007_199_254_740_993n, 4] };
    const text = JSON.stringify({ features, spine: { columns: ints } }, (_, value) =>
      typeof value === "bigint" ? `#${value}#` : value,
    );
    const json = text.replaceAll(/"#(\d+)#"/g, "$1");
    expect(await (await post(json, { accept: "application/json" })).json()).toEqual(expected);
    const csv =
      "driver_id,event_timestamp,label\n3,2025-12-01T01:00:00Z,a\n9007199254740993,2026-01-01T13:00:00Z,b\n4,2026-01-01T13:00:00Z,\n";
    const headers = { "content-type": "text/csv", accept: "application/json" };
    expect(await (await post(csv, headers, `?features=${features.join(",")}`)).json()).toEqual(expected);
    const sql =
      "SELECT driver_id, event_timestamp + INTERVAL 1 HOUR AS event_timestamp FROM driver_stats WHERE driver_id = 3";
    expect(
      await (await ask({ spine: { sql }, features: ["driver_stats:rating"], full_feature_names: true })).json(),
    ).toEqual([{ driver_id: 3, event_timestamp: "2025-12-01T01:00:00Z", driver_stats__rating: 3.5 }]);
  });

  it("is Arrow unless another format is asked for", async () => {
    const spine = { sql: "SELECT 3::BIGINT AS driver, TIMESTAMPTZ '2025-12-01 01:00:00Z' AS event_timestamp" };
    const response = await post(JSON.stringify({ spine, feature_service: "driver_service" }));
    expect(response.headers.get("content-type")).toBe("application/vnd.apache.arrow.stream");
    const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    expect(table.toArray().map((row) => row.toJSON().rating)).toEqual([3.5]);
    const parquet = await ask({ spine, feature_service: "driver_service" }, "application/vnd.apache.parquet");
    expect(
      Buffer.from(await parquet.arrayBuffer())
        .subarray(-4)
        .toString(),
    ).toBe("PAR1");
  });

  it("is pinned when it has a name, and can be made again", async () => {
    const spine = { columns: { driver_id: [3, 2], event_timestamp: ["2025-12-01T01:00:00Z", "2026-01-01T13:00:00Z"] } };
    const response = await ask({ name: "named", spine, features });
    expect(await response.json()).toHaveLength(2);
    expect(response.headers.get("x-icecore-training-set")).toBe("named");
    const made = await opened.store.reproduceTrainingSet("named");
    expect(response.headers.get("x-icecore-digest")).toBe(made.digest);
    expect((await ask({ name: "named", spine, features })).status).toBe(409);
    const failed = await ask({ name: "failed", spine: { columns: { driver_id: [3] } }, features });
    expect(failed.status).toBe(400);
    const names = (await readdir(opened.folder)).filter((name) => /spine|lock/.test(name));
    expect(names.sort()).toEqual(["named.lock.json", "named.spine.ndjson"]);
  });
});

describe("a training set that is asked for wrongly", () => {
  const spine = { sql: "SELECT 1 AS driver_id, now() AS event_timestamp" };
  it.each([
    [{ features }, 422, "give a spine"],
    [{ spine }, 422, "give features, or a feature_service"],
    [{ spine, features, feature_service: "driver_service" }, 422, "give features, or a feature_service"],
    [{ spine: { columns: { a: [1], b: [] } }, features }, 422, "every column has as many values"],
    [{ spine, features, name: "../x" }, 422, "letters, digits"],
    [{ spine, features: ["driver_stats:ratin"] }, 404, 'no feature \\"ratin\\"'],
    [{ spine: { sql: "SELECT * FROM read_text('/etc/passwd')" }, features }, 403, "QUERY_REFUSED"],
    [{ spine: { sql: "COPY (SELECT 1) TO '/tmp/x.csv'" }, features }, 403, "QUERY_REFUSED"],
    [{ spine: { sql: "SELECT 1 AS driver_id" }, features }, 400, "the spine: cannot tell the time of each row"],
    [{ spine, features, tag: "gone" }, 404, "SNAPSHOT_NOT_FOUND"],
  ])("%j", async (body, status, message) => {
    const response = await ask(body);
    expect(await response.text()).toContain(message);
    expect(response.status).toBe(status);
  });
});
