import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createHttpApp, type HttpApp } from "../app.ts";
import { now, openDriverStore, type TestStore } from "../testing/driver-store.ts";

let opened: TestStore;
let app: HttpApp;

beforeAll(async () => {
  opened = await openDriverStore();
  app = createHttpApp(opened.store, { now });
});
afterAll(() => opened[Symbol.asyncDispose]());

const arrow = "application/vnd.apache.arrow.stream";
const large = "SELECT i, i::VARCHAR AS text FROM range(1000000) t(i)";

const ask = (body: object, accept?: string) =>
  app.request("/v1/query", {
    method: "POST",
    body: JSON.stringify(body),
    ...(accept === undefined ? {} : { headers: { accept } }),
  });

describe("a query", () => {
  it("is answered in JSON", async () => {
    const response = await ask({
      sql: "SELECT driver_id, trips, rating, seen_at FROM driver_stats ORDER BY driver_id DESC LIMIT 1",
    });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual([
      { driver_id: "9007199254740993", trips: "9223372036854775807", rating: 4, seen_at: "2026-01-01T11:00:00.500Z" },
    ]);
  });

  it.each([arrow, `text/html;q=0.9, ${arrow}`])("is answered in Arrow to who accepts %s", async (accept) => {
    const response = await ask({ sql: large }, accept);
    expect(response.headers.get("content-type")).toBe(arrow);
    const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    expect(table.numRows).toBe(1_000_000);
    expect(table.get(999_999)?.toJSON()).toEqual({ i: 999_999n, text: "999999" });
  });

  it("without rows still has a schema", async () => {
    const response = await ask({ sql: "SELECT driver_id FROM driver_stats WHERE false" }, arrow);
    const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    expect(table.schema.names).toEqual(["driver_id"]);
    expect(table.numRows).toBe(0);
  });

  it("runs only as far as its answer is read, and ends when nobody reads on", async () => {
    let pulled = 0;
    let ended = false;
    const { store } = opened;
    const openQuery: typeof store.openQuery = async (...args) => {
      const query = await store.openQuery(...args);
      async function* counted() {
        for await (const batch of query.batches()) {
          pulled++;
          yield batch;
        }
      }
      const dispose = () => {
        ended = true;
        return query[Symbol.asyncDispose]();
      };
      return { ...query, batches: counted, [Symbol.asyncDispose]: dispose };
    };
    const countingApp = createHttpApp(Object.assign(Object.create(store), { openQuery }), { now });
    const response = await countingApp.request("/v1/query", {
      method: "POST",
      headers: { accept: arrow },
      body: JSON.stringify({ sql: large }),
    });
    expect(pulled).toBe(1);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    expect(pulled).toBe(2);
    expect(ended).toBe(false);
    await reader?.cancel();
    expect(ended).toBe(true);
    expect(pulled).toBe(2);
  });

  it.each([
    ["application/vnd.apache.parquet", "PAR1"],
    ["text/csv", "driv"],
  ])("is answered as %s, and leaves nothing behind", async (type, magic) => {
    // One of its own: other tests make such folders meanwhile.
    const folder = await mkdtemp(join(tmpdir(), "query-"));
    vi.stubEnv("TMPDIR", folder);
    const response = await ask({ sql: "SELECT driver_id FROM driver_stats ORDER BY 1" }, type);
    expect(response.headers.get("content-type")).toMatch(type);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 4).toString()).toBe(magic);
    vi.unstubAllEnvs();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it("may take only so much", async () => {
    const answer = async (body: object) => {
      const response = await ask(body);
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await answer({ sql: large, max_rows: 10 })).toEqual([422, "QUERY_TOO_LARGE"]);
    const forever = "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM t) SELECT count(*) FROM t";
    expect(await answer({ sql: forever, timeout_seconds: 0.1 })).toEqual([422, "QUERY_TIMED_OUT"]);
    expect((await ask({ sql: "SELECT 1", timeout_seconds: 60 })).status).toBe(200);
  });

  it("reads an earlier state", async () => {
    const [entry] = await opened.store.history("driver_stats");
    const id = String(entry?.snapshotId);
    const sql = "SELECT count(*) AS n FROM driver_stats";
    for (const at of [
      `"snapshots":{"driver_stats":${id}}`,
      `"snapshots":{"driver_stats":"${id}"}`,
      '"as_of":"2100-01-01T00:00:00+02:00"',
    ]) {
      const response = await app.request("/v1/query", { method: "POST", body: `{"sql":"${sql}",${at}}` });
      expect(await response.json()).toEqual([{ n: 3 }]);
    }
  });
});

describe("queries that are wrong", () => {
  const sql = "SELECT 1";
  it.each([
    [{}, 422, { detail: [{ loc: ["body", "sql"], msg: "Field required", type: "missing" }] }],
    [
      { sql, tags: "x" },
      422,
      { detail: [{ loc: ["body"], msg: 'Unrecognized key: "tags"', type: "unrecognized_keys" }] },
    ],
    [
      { sql, as_of: "2026-01-01T00:00:00Z", tag: "x" },
      422,
      { detail: [{ loc: ["body"], msg: "give one of as_of, tag and snapshots", type: "value_error" }] },
    ],
    [
      { sql, as_of: "2026-01-01T00:00:00" },
      422,
      { detail: [{ loc: ["body", "as_of"], msg: "Invalid ISO datetime", type: "invalid_format" }] },
    ],
    [
      { sql, snapshots: { driver_stats: 1.5 } },
      422,
      { detail: [{ loc: ["body", "snapshots", "driver_stats"], msg: "a snapshot id, as an integer or its digits" }] },
    ],
    [{ sql: "SELEC" }, 400, { error: { code: "QUERY_INVALID" } }],
    [
      { sql: "DROP TABLE x" },
      403,
      {
        error: {
          code: "QUERY_REFUSED",
          message: "query: only one SELECT statement can be run; tables are changed by ingest and apply",
        },
      },
    ],
    [{ sql: "SELECT * FROM nowhere" }, 400, { error: { code: "QUERY_INVALID" } }],
    [{ sql: "SELECT * FROM read_text('/etc/passwd')" }, 403, { error: { code: "QUERY_REFUSED" } }],
    [{ sql: "SELECT 'x'::INTEGER AS a FROM driver_stats" }, 400, { error: {} }],
    [{ sql: "SELECT * FROM driver_stats", tag: "gone" }, 404, { error: { code: "SNAPSHOT_NOT_FOUND" } }],
    [
      { sql: "SELECT * FROM driver_stats", snapshots: { driver_stats: "5" } },
      404,
      { error: { code: "SNAPSHOT_NOT_FOUND" } },
    ],
  ])("%j", async (body, status, expected) => {
    const response = await ask(body);
    expect(await response.json()).toMatchObject(expected);
    expect(response.status).toBe(status);
  });
});
