import { writeFile } from "node:fs/promises";
import { isIcebergError, timestampMs } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OfflineStoreError } from "../errors.ts";
import { type At, latest } from "../source/pin.ts";
import { rowsSql } from "../testing/rows-sql.ts";
import { TestProject } from "../testing/test-project.ts";
import { thrown } from "../testing/thrown.ts";
import { driverStats } from "../testing/views.ts";
import { rowObjects } from "./kysely/row-objects.ts";
import { runQuery } from "./query.ts";

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.open();
  await project.apply(driverStats);
});
afterAll(() => project[Symbol.asyncDispose]());

const types = { driver_id: "BIGINT", event_timestamp: "TIMESTAMPTZ", trips: "BIGINT" };

const run = (sql: string, at: At = latest) =>
  runQuery({}, { sql, at, findTable }, async (query) => {
    const rows: unknown[][] = [];
    for await (const batch of query.batches()) {
      for (const row of rowObjects(batch)) rows.push(Object.values(row));
    }
    return { columns: query.columns, rows };
  });

async function findTable(namespace: string, name: string) {
  const table = namespace === "" || namespace === "test" ? await project.project.findTable(name) : undefined;
  return table && { table, defaults: new Map([["tips", "7"]]) };
}

describe("a query", () => {
  it("reads all tables at one state", async () => {
    const snapshots = [];
    for (const trips of [1n, 2n, 3n]) {
      await project.ingest(driverStats, { sql: rowsSql(types, [[trips, trips, trips * 10n]]) });
      snapshots.push((await project.table(driverStats)).currentSnapshot());
    }
    const [first, second] = snapshots;
    if (first === undefined || second === undefined) throw new Error("there are three");
    const table = await project.table(driverStats);
    await table.newTransaction().createTag("release", second.snapshotId).commit();
    const sum = async (at: At) => (await run("SELECT sum(trips)::BIGINT FROM driver_stats", at)).rows[0]?.[0];
    expect(await sum(latest)).toBe(60n);
    expect(await sum({ kind: "tag", name: "release" })).toBe(30n);
    expect(await sum({ kind: "snapshots", snapshots: new Map([["driver_stats", first.snapshotId]]) })).toBe(10n);
    expect(await sum({ kind: "as-of", timestampMs: second.timestampMs })).toBe(30n);
    expect(await thrown(() => sum({ kind: "tag", name: "relase" }))).toMatchInlineSnapshot(
      `"SNAPSHOT_NOT_FOUND: test.driver_stats has no tag or branch "relase""`,
    );
    expect(await thrown(() => sum({ kind: "as-of", timestampMs: timestampMs(0) }))).toMatchInlineSnapshot(
      `"SNAPSHOT_NOT_FOUND: test.driver_stats has no snapshot that was current at 1970-01-01T00:00:00.000Z"`,
    );
  });

  it("sees a feature that was just added, with its default, and older states without it", async () => {
    const first = (await project.table(driverStats)).metadata.snapshots[0];
    await project.apply({
      ...driverStats,
      features: [...driverStats.features, { name: "tips", type: "int", default: 7 }],
    });
    expect((await run("SELECT DISTINCT tips FROM test.driver_stats")).rows).toEqual([[7]]);
    const at: At = { kind: "snapshots", snapshots: new Map(first && [["driver_stats", first.snapshotId]]) };
    expect((await run("SELECT * FROM driver_stats", at)).columns).not.toContain("tips");
  });

  it.each([
    ["WITH t AS (SELECT 1 AS a) SELECT a FROM t -- and a comment", [[1]]],
    ["SELECT count(*)::INTEGER AS n FROM driver_stats AS d JOIN driver_stats USING (driver_id);  ", [[3]]],
    ["(SELECT 1 AS a) UNION ALL SELECT 2", [[1], [2]]],
    ["FROM driver_stats SELECT max(trips) AS footer", [[30n]]],
    ["VALUES (1, 'a')", [[1, "a"]]],
    ["SELECT [1, 2] AS list, {'a': 1} AS nested", [[[1, 2], { a: 1 }]]],
  ])("may be %s", async (sql, rows) => {
    expect((await run(sql)).rows).toEqual(rows);
  });
});

describe("a query about tables", () => {
  it("describes them, and sums them up", async () => {
    const { columns, rows } = await run("DESCRIBE driver_stats");
    expect(columns.slice(0, 2)).toEqual(["column_name", "column_type"]);
    expect(rows.map(([name, type]) => `${name} ${type}`).slice(0, 4)).toEqual([
      "driver_id BIGINT",
      "event_timestamp TIMESTAMP WITH TIME ZONE",
      "created TIMESTAMP WITH TIME ZONE",
      "trips BIGINT",
    ]);
    expect((await run("DESCRIBE SELECT trips FROM test.driver_stats")).rows.map(([name]) => name)).toEqual(["trips"]);
    const summary = await run("SELECT column_name, min, max FROM (SUMMARIZE driver_stats) WHERE column_name = 'trips'");
    expect(summary.rows).toEqual([["trips", "10", "30"]]);
    expect((await run("SUMMARIZE driver_stats")).rows.at(-1)?.[0]).toBe("tips");
  });

  it.each(["SHOW TABLES", "SHOW ALL TABLES", "SHOW DATABASES", "FROM (SHOW TABLES)"])(
    "sees those it names, not %s",
    async (sql) => {
      await expect(run(sql)).rejects.toMatchObject({
        code: "QUERY_REFUSED",
        message: expect.stringContaining("a query sees the tables that it names"),
      });
    },
  );
});

describe("what a query may not do", () => {
  const secret = "/etc/passwd";

  it.each([
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM read_blob('/proc/self/environ')`,
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM 'outside.parquet'`,
    `SELECT * FROM read_parquet(['outside.parquet'])`,
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM glob('/tmp/**')",
    `SELECT * FROM parquet_metadata('/tmp/outside.parquet')`,
    `SELECT * FROM sniff_csv('${secret}')`,
    "SELECT * FROM read_json('http://127.0.0.1:1/x.json')",
    "SELECT * FROM 's3://bucket/x.parquet'",
    `COPY (SELECT 1) TO '/tmp/out.csv'`,
    `COPY (SELECT 1) TO '/tmp/out.csv' (USE_TMP_FILE false)`,
    `COPY driver_stats FROM '${secret}'`,
    "ATTACH '/tmp/other.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SET memory_limit = '1GB'",
    "RESET memory_limit",
    "SET enable_external_access = true",
    "CREATE TABLE t AS SELECT 1",
    "DROP VIEW driver_stats",
    "INSERT INTO driver_stats VALUES (1)",
    "DELETE FROM driver_stats",
    "EXPORT DATABASE '/tmp/export'",
    "CALL pragma_version()",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP VIEW driver_stats",
    "SELECT 1) TO '/tmp/out.csv'; --",
    "",
    "  -- nothing",
    "SELECT getenv('HOME')",
    "SELECT * FROM nowhere",
    "SELECT nothing FROM driver_stats",
    "SELECT FROM WHERE",
    "SELECT \n 1 +",
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "SELECT * FROM query_table('/etc/passwd')",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '/tmp/log')",
    "SELECT (SELECT count(*) FROM main.ENABLE_LOGGING(storage = 'stdout'))",
    "WITH t AS (FROM enable_profiling(save_location = '/tmp/profile.txt')) FROM t",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM enable_logging()'))",
  ])("%s", async (sql) => {
    const error = await run(sql).catch((caught: unknown) => caught);
    if (!(error instanceof OfflineStoreError || isIcebergError(error))) throw error;
    expect(["QUERY_REFUSED", "QUERY_INVALID"]).toContain(error.code);
    expect(error.message).not.toContain("\n");
    expect(`${error.code}: ${error.message}`).toMatchSnapshot();
  });

  it("is to read a file of the catalog that it did not name, or what others have spilt to disk", async () => {
    const [file] = await project.dataFiles();
    const path = project.path(`catalog/warehouse/${file}`);
    expect(await thrown(() => run(`SELECT * FROM read_parquet('${path}')`))).toMatch(/^QUERY_REFUSED/);
    await writeFile(project.path("spilt.tmp"), "secret");
    const sql = `SELECT * FROM read_text('${project.path("spilt.tmp")}')`;
    const refused = runQuery({ tempDirectory: project.directory }, { sql, at: latest, findTable }, async () => {});
    await expect(refused).rejects.toMatchObject({ code: "QUERY_REFUSED" });
  });

  it("is to fail without a word of why", async () => {
    expect(
      await thrown(() => run("SELECT CAST('x' || trips AS INTEGER) FROM driver_stats LIMIT 1")),
    ).toMatchInlineSnapshot(
      `"ROWS_INVALID: query: a value does not fit (Conversion Error: Could not convert string 'x30' to INT32)"`,
    );
  });
});
