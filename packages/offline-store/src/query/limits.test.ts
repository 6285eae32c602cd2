import { mkdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latest } from "../source/pin.ts";
import { rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { thrown } from "../testing/thrown.ts";
import { driverStats, viewOf } from "../testing/views.ts";
import { type PreparedQuery, type QueryRequest, runQuery } from "./query.ts";

let project: TestProject;
const other = viewOf({ name: "other_stats", features: [{ name: "trips", type: "long" }] });
const types = { driver_id: "BIGINT", event_timestamp: "TIMESTAMPTZ", trips: "BIGINT" };
const row = (trips: bigint) => ({ sql: rowsSql(types, [[1n, 0n, trips]]) });

beforeAll(async () => {
  project = await TestProject.open();
  await project.apply(driverStats, other);
  await project.ingest(driverStats, row(1n));
  await project.ingest(other, row(1n));
});
afterAll(() => project[Symbol.asyncDispose]());

const findTable: QueryRequest["findTable"] = async (_, name) => {
  const table = await project.project.findTable(name);
  return table && { table, defaults: new Map() };
};

const run = <T>(
  sql: string,
  request: Partial<QueryRequest>,
  use: (query: PreparedQuery) => Promise<T>,
  memoryLimit?: string,
) =>
  runQuery(
    { threads: 1, memoryLimit, maxTempDirectorySize: memoryLimit },
    { sql, at: latest, findTable, ...request },
    use,
  );

const forever = "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM t) SELECT count(*) FROM t";

describe("a query that takes too much", () => {
  it("of time is ended", async () => {
    const refused = () => run(forever, { limits: { timeoutSeconds: 0.1 } }, async () => {});
    expect(await thrown(refused)).toMatchInlineSnapshot(
      `"QUERY_TIMED_OUT: query: it took longer than 0.1 seconds, which is the limit; ask for less, or raise the timeout"`,
    );
  });

  it("is ended when nobody waits for it", async () => {
    const gone = new AbortController();
    const running = run(forever, { signal: gone.signal }, async () => {});
    gone.abort();
    expect(await thrown(() => running)).toMatch(/^QUERY_TIMED_OUT: query: nobody waits/);
    expect(await thrown(() => run("SELECT 1", { signal: gone.signal }, async () => {}))).toMatch(/nobody waits/);
  });

  it("of memory is ended", async () => {
    const sql = "SELECT list(i::VARCHAR || repeat('x', 100)) AS l FROM range(3000000) t(i)";
    expect(await thrown(() => run(sql, {}, async () => {}, "40MB"))).toMatch(
      /^OUT_OF_MEMORY: query: the memory limit is too small for this; raise it, or use fewer threads/,
    );
  });

  it("of rows is refused, and what is at the limit is not", async () => {
    const many = (rows: number, maxRows: number) =>
      run(
        `SELECT i, i FROM range(${rows}) t(i) ORDER BY i DESC`,
        { limits: { maxRows } },
        async ({ rows, columns }) => [rows, columns],
      );
    expect(await many(3, 3)).toEqual([3n, ["i", "i_1"]]);
    expect(await thrown(() => many(4, 3))).toMatchInlineSnapshot(
      `"QUERY_TOO_LARGE: query: the result has more than 3 rows, which is the limit; ask for fewer (WHERE, LIMIT, GROUP BY), or raise max_rows"`,
    );
  });
});

describe("a query's result", () => {
  it("can be written where the caller said, and nowhere else", async () => {
    const outputDirectory = project.path("out");
    await mkdir(outputDirectory);
    const sql = "SELECT driver_id, trips FROM driver_stats";
    await run(sql, { outputDirectory }, ({ write }) => write(`${outputDirectory}/rows.csv`));
    expect(await readFile(`${outputDirectory}/rows.csv`, "utf8")).toBe("driver_id,trips\n1,1\n");
    const elsewhere = run(sql, { outputDirectory }, ({ write }) => write(project.path("rows.csv")));
    expect(await thrown(() => elsewhere)).toMatch(/^QUERY_REFUSED/);
  });
});

describe("the latest state of several tables", () => {
  const both = "SELECT a.trips AS a, b.trips AS b FROM driver_stats a, other_stats b ORDER BY 1 DESC, 2 DESC LIMIT 1";

  it("is one that they had at the same time, whatever is committed while they are loaded", async () => {
    const calls: string[] = [];
    const between: QueryRequest["findTable"] = async (namespace, name) => {
      const found = await findTable(namespace, name);
      calls.push(name);
      // After both are loaded, the one of them that counts along changes first.
      if (calls.length === 2) {
        await project.ingest(driverStats, row(2n));
        await project.ingest(other, row(2n));
      }
      return found;
    };
    const seen = await run(both, { findTable: between }, async ({ batches }) => {
      for await (const batch of batches()) return batch.get(0)?.toJSON();
      return undefined;
    });
    expect(seen).toEqual({ a: 1n, b: 1n });
    const now = await run(both, {}, async ({ tables }) => tables.map(({ snapshotId }) => snapshotId));
    expect(now).toEqual([
      (await project.table(driverStats)).currentSnapshot()?.snapshotId,
      (await project.table(other)).currentSnapshot()?.snapshotId,
    ]);
  });
});
