import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Float64, Int64, Table, TimestampMillisecond, tableToIPC, vectorFromArray } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createHttpApp, type HttpApp } from "../app.ts";
import { now, openDriverStore, type TestStore } from "../testing/driver-store.ts";

let opened: TestStore;
let app: HttpApp;

beforeAll(async () => {
  opened = await openDriverStore();
  // Of its own: what else runs makes temporary directories, too.
  vi.stubEnv("TMPDIR", opened.folder);
  app = createHttpApp(opened.store, { now, uploadLimitBytes: 1_000_000 });
});
afterAll(() => opened[Symbol.asyncDispose]());

const send = async (path: string, body: string | Buffer, type: string) => {
  const response = await app.request(path, { method: "POST", body, headers: { "content-type": type } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const ingest = (body: string | Buffer, type = "text/csv", query = "") =>
  send(`/v1/feature-views/driver_stats/ingest${query}`, body, type);
const rows = async (sql: string) =>
  (await app.request("/v1/query", { method: "POST", body: JSON.stringify({ sql }) })).json();

describe("rows sent to a view", () => {
  it("are ingested from every format, once for a key", async () => {
    const csv = "driver_id,event_timestamp,rating\n7,2026-01-01T00:00:00Z,1\n";
    const first = await ingest(csv, "text/csv; charset=utf-8", "?key=a");
    expect(first).toMatchObject({
      status: 200,
      body: { feature_view: "driver_stats", outcome: "ingested", rows: 1, files: 1 },
    });
    expect((await ingest(csv, "text/csv", "?key=a")).body).toMatchObject({
      outcome: "already-ingested",
      snapshot_id: first.body["snapshot_id"],
    });
    const ndjson = '{"driver_id": 7, "event_timestamp": "2026-01-01T01:00:00Z", "rating": 2}\n';
    expect((await ingest(ndjson, "application/x-ndjson")).body).toMatchObject({ outcome: "ingested", rows: 1 });
    const out = join(opened.folder, "rows.parquet");
    const sql =
      "SELECT 7::BIGINT AS driver_id, TIMESTAMPTZ '2026-01-01 02:00:00Z' AS event_timestamp, 3::DOUBLE AS rating";
    await opened.store.query(sql, (query) => query.write(out), { outputDirectory: opened.folder });
    const parquet = await ingest(await readFile(out), "application/vnd.apache.parquet");
    expect(parquet.body).toMatchObject({ outcome: "ingested", rows: 1 });
    expect(await rows("SELECT rating FROM driver_stats WHERE driver_id = 7 ORDER BY 1")).toEqual([
      { rating: 1 },
      { rating: 2 },
      { rating: 3 },
    ]);
  });

  it("are ingested from Arrow, as a stream or a file", async () => {
    for (const [index, format] of (["stream", "file"] as const).entries()) {
      const table = new Table({
        driver_id: vectorFromArray([11n, 11n], new Int64()),
        event_timestamp: vectorFromArray(
          [Date.UTC(2026, 0, 1, index), Date.UTC(2026, 0, 2, index)],
          new TimestampMillisecond("UTC"),
        ),
        rating: vectorFromArray([0.5, 1.5], new Float64()),
      });
      const sent = await ingest(Buffer.from(tableToIPC(table, format)), `application/vnd.apache.arrow.${format}`);
      expect(sent.body).toMatchObject({ outcome: "ingested", rows: 2 });
    }
    expect(await rows("SELECT sum(rating) AS sum FROM driver_stats WHERE driver_id = 11")).toEqual([{ sum: 4 }]);
  });

  it("take the place of those with their keys and time, when they are upserted", async () => {
    const csv = (rating: number) =>
      `driver_id,event_timestamp,rating\n8,2026-01-01T00:00:00Z,${rating}\n8,2026-01-01T01:00:00Z,5\n`;
    const upsert = async (rating: number) => (await ingest(csv(rating), "text/csv", "?mode=upsert")).body;
    expect(await upsert(1)).toMatchObject({ outcome: "upserted", inserted: 2, updated: 0, unchanged: 0 });
    expect(await upsert(2)).toMatchObject({ outcome: "upserted", inserted: 0, updated: 1, unchanged: 1 });
    expect(await upsert(2)).toMatchObject({ outcome: "upserted", inserted: 0, updated: 0, unchanged: 2 });
    expect(await rows("SELECT rating FROM driver_stats WHERE driver_id = 8 ORDER BY event_timestamp")).toEqual([
      { rating: 2 },
      { rating: 5 },
    ]);
  });

  it("leave nothing on disk", async () => {
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith(".icecore-"));
    await ingest("driver_id,event_timestamp\n9,2026-01-01T00:00:00Z\n");
    await ingest("driver_id\n9\n");
    const now = (await readdir(tmpdir())).filter((name) => name.startsWith(".icecore-"));
    expect(now.filter((name) => !left.includes(name))).toEqual([]);
  });

  it("are refused with everything that is wrong, and nothing else of this machine", async () => {
    const bad = "driver_id,event_timestamp,rating,speed\nx,2026-01-01T00:00:00Z,1,2\n";
    expect(await ingest(bad)).toMatchObject({
      status: 400,
      body: {
        error: {
          code: "DATA_INVALID",
          message: expect.stringMatching(
            /^the body: column "speed" is not in feature view "driver_stats" .*; drop or rename it$/,
          ),
        },
      },
    });
    const values = "driver_id,event_timestamp,rating\nx,2026-01-01T00:00:00Z,1\n1,soon,y\n";
    const refused = await ingest(values);
    expect((refused.body["error"] as { message: string }).message).toMatchInlineSnapshot(`
      "the body: column "driver_id" is not a long: row 1 ("x")
      column "event_timestamp" is not an ISO 8601 timestamp with a zone, such as 2026-01-31T12:00:00Z: row 2 ("soon")
      column "rating" is not a double: row 2 ("y")"
    `);
    const twice = "driver_id,event_timestamp\n1,2026-01-01T00:00:00Z\n1,2026-01-01T00:00:00Z\n";
    expect(await ingest(twice, "text/csv", "?mode=upsert")).toMatchObject({
      status: 400,
      body: { error: { code: "ROWS_INVALID" } },
    });
  });

  it("says which parameter it does not understand", async () => {
    const detail = async (query: string) => (await ingest("a", "text/csv", query)).body["detail"];
    expect(await detail("?mode=replace")).toMatchObject([{ loc: ["query", "mode"] }]);
    expect(await detail("?keys=x")).toMatchObject([{ loc: ["query"], msg: 'Unrecognized key: "keys"' }]);
  });

  it.each([
    ["not parquet", "application/vnd.apache.parquet", "", 400, "FILE_INVALID"],
    ["", "text/csv", "", 400, "FILE_INVALID"],
    ["a", "text/plain", "", 415, "BODY_MALFORMED"],
    ["x".repeat(1_000_001), "text/csv", "", 413, "BODY_TOO_LARGE"],
  ])("%.10s as %s%s is answered with %i", async (body, type, query, status, code) => {
    expect(await ingest(body, type, query)).toMatchObject({ status, body: { error: { code } } });
  });

  it("are refused for a view that is not there", async () => {
    expect(await send("/v1/feature-views/drivers/ingest", "a\n1\n", "text/csv")).toMatchObject({ status: 404 });
  });
});
