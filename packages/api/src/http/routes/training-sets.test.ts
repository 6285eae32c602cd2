import { readdir } from "node:fs/promises";
import { Int64, Table, TimestampMillisecond, tableFromIPC, tableToIPC, vectorFromArray } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createHttpApp, type HttpApp } from "../app.ts";
import { now, openDriverStore, type TestStore } from "../testing/driver-store.ts";

let opened: TestStore;
let app: HttpApp;

beforeAll(async () => {
  opened = await openDriverStore();
  // Of its own: what else runs makes temporary directories, too.
  vi.stubEnv("TMPDIR", opened.folder);
  app = createHttpApp(opened.store, { now });
});
afterAll(() => opened[Symbol.asyncDispose]());

const post = (body: string, headers: Record<string, string> = {}, query = "") =>
  app.request(`/v1/training-sets${query}`, { method: "POST", body, headers });
const ask = (body: object, accept = "application/json") => post(JSON.stringify(body), { accept });

/** Arrow's own dates have no zone. */
const instants = (times: readonly string[]) =>
  vectorFromArray(
    times.map((time) => Date.parse(time)),
    new TimestampMillisecond("UTC"),
  );

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

  it("is joined to Arrow rows, as a stream or a file", async () => {
    const rows = new Table({
      driver_id: vectorFromArray([3n, 4n], new Int64()),
      event_timestamp: instants(["2025-12-01T01:00:00Z", "2026-01-01T13:00:00Z"]),
    });
    for (const format of ["stream", "file"] as const) {
      const headers = { "content-type": `application/vnd.apache.arrow.${format}`, accept: "application/json" };
      const body = Buffer.from(tableToIPC(rows, format));
      const request = { method: "POST", body, headers };
      const response = await app.request(`/v1/training-sets?features=driver_stats:trips`, request);
      expect(((await response.json()) as { trips: number | null }[]).map(({ trips }) => trips)).toEqual([1, null]);
    }
  });

  it("is of a table, of the entities of a time, or of the newest rows", async () => {
    const stats = ["driver_stats:score"];
    const rowsFor = async (spine: object) =>
      ((await (await ask({ spine, features: stats })).json()) as { driver_id: number | string }[]).map((row) =>
        String(row.driver_id),
      );
    const december = { start: "2025-12-01T00:00:00Z", end: "2025-12-02T00:00:00+01:00" };
    expect(await rowsFor(december)).toEqual(["3"]);
    expect(await rowsFor({ latest: true })).toEqual(["2", "3", "9007199254740993"]);
    const renamed = ["driver_stats:score"];
    const table = { spine: { table: "rides.driver_stats" }, features: renamed, full_feature_names: true };
    expect(await (await ask(table)).json()).toHaveLength(3);
    const snapshot = String((await opened.store.history("driver_stats"))[0]?.snapshotId);
    const pinned = { ...table, name: "pinned", spine: { ...table.spine, snapshot } };
    const response = await ask(pinned);
    expect([response.status, response.headers.get("x-icecore-protected")]).toEqual([200, "true"]);
    expect(await response.json()).toHaveLength(3);
    expect((await opened.store.showTrainingSet("pinned")).spine.input).toMatchObject({ snapshotId: snapshot });
    await opened.store.removeTrainingSet("pinned");
  });

  it("leaves out what was not known yet, on demand", async () => {
    const spine = { columns: { driver_id: [3], event_timestamp: ["2025-12-01T01:00:00Z"] } };
    const wanted = { spine, features: ["driver_stats:trips"], filter_by_created_timestamp: true };
    // The rows were ingested, and so created, a month later.
    expect(await (await ask(wanted)).json()).toMatchObject([{ trips: null }]);
    expect(await (await ask({ ...wanted, filter_by_created_timestamp: false })).json()).toMatchObject([{ trips: 1 }]);
  });

  it("ends, and leaves nothing on disk, when nobody waits for it any more", async () => {
    const body = JSON.stringify({ spine: { columns }, features, name: "gone" });
    const signal = AbortSignal.abort();
    const request = new Request("http://localhost/v1/training-sets", { method: "POST", body, signal });
    const response = await app.request(request);
    expect(await response.text()).toContain("nobody waits for it any more");
    expect((await readdir(opened.folder)).filter((name) => /^gone|^.icecore-/.test(name))).toEqual([]);
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
