import { Database, type Session } from "@icecore/iceberg-catalog/duckdb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type At, latest } from "../../source/pin.ts";
import { randomSelect } from "../../testing/random-selects.ts";
import { TestProject } from "../../testing/test-project.ts";
import { viewOf } from "../../testing/views.ts";
import { type PreparedQuery, runQuery } from "../query.ts";

const wide = viewOf({
  name: "wide",
  partitionBy: "day",
  features: [
    { name: "trips", type: "int" },
    { name: "rate", type: "double" },
    { name: "fee", type: "decimal(9, 2)" },
    { name: "city", type: "string" },
    { name: "day", type: "date" },
    { name: "active", type: "boolean" },
  ],
});

/** Six days, a file each, with values that grow with the days, and nulls, NaN and both zeros among them. */
const rows = `SELECT i % 7 AS driver_id, TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_hours(i) AS event_timestamp,
  CASE WHEN i % 11 <> 0 THEN (i // 4)::INTEGER END AS trips,
  CASE WHEN i < 24 THEN -0.0 WHEN i % 24 = 5 THEN 'nan'::DOUBLE WHEN i % 13 <> 0 THEN i / 24.0 - 2 END AS rate,
  (i / 30.0)::DECIMAL(9,2) AS fee, CASE WHEN i % 9 <> 0 THEN chr((97 + i // 36)::INTEGER) || CASE WHEN i % 2 = 0 THEN 'b' ELSE '' END END AS city,
  DATE '2026-01-01' + (i // 24)::INTEGER AS day, CASE WHEN i % 10 <> 0 THEN i >= 72 END AS active FROM range(144) t(i)`;

let project: TestProject;
let database: Database;
let oracle: Session;

beforeAll(async () => {
  project = await TestProject.open();
  await project.apply(wide);
  await project.ingest(wide, { sql: rows });
  database = await Database.open();
  oracle = await database.connect();
  const out = project.path("wide.parquet");
  await run("SELECT * FROM wide", (query) => query.write(out));
  await oracle.run(`CREATE TABLE wide AS FROM '${out}'`);
});
afterAll(async () => {
  await oracle[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

async function findTable(namespace: string, name: string) {
  const table = namespace === "" ? await project.project.findTable(name) : undefined;
  return table && { table, defaults: new Map() };
}

const run = <T>(sql: string, use: (query: PreparedQuery) => Promise<T>, at: At = latest) =>
  runQuery({ threads: 1 }, { sql, at, findTable, outputDirectory: project.directory }, use);

const firstRow = (sql: string) =>
  run(sql, async ({ batches, tables }) => {
    for await (const batch of batches()) return { row: batch.get(0)?.toJSON(), tables };
    throw new Error("it has a row");
  });

const explained = (sql: string) =>
  run(sql, async ({ tables }) => tables.map(({ pushed, report }) => `${pushed ?? "all"}: ${report.files.kept} kept`));

const runs = 150;

describe("pushing conditions into planning", () => {
  it("never changes a result", async () => {
    let pruned = 0;
    await fc.assert(
      fc.asyncProperty(randomSelect, async (sql) => {
        const expected = await oracle.rows(`SELECT to_json(r) AS j FROM (${sql}) r`).catch(() => undefined);
        // A statement that DuckDB refuses as it is has no result to change.
        if (expected === undefined) return;
        const { row, tables } = await firstRow(`SELECT to_json(r) AS j FROM (${sql}) r`);
        pruned += tables.filter(({ report }) => report.manifests.skipped + report.files.pruned > 0).length;
        expect(row?.["j"]).toBe(expected[0]?.["j"]);
      }),
      { numRuns: runs },
    );
    expect(pruned).toBeGreaterThan(runs / 20);
  });

  it("keeps NaN, which is greater than all numbers", async () => {
    const { row, tables } = await firstRow("SELECT count(*) AS n FROM wide WHERE rate > 0 AND isnan(rate)");
    expect([row, tables.map(({ pushed }) => pushed)]).toEqual([{ n: 5n }, ["rate >= 0 OR rate IS NAN"]]);
  });

  it.each([
    ["event_timestamp >= '2026-01-03'", "event_timestamp >= 2026-01-03T00:00:00+00:00: 4 kept"],
    [
      "a.event_timestamp BETWEEN DATE '2026-01-02' AND TIMESTAMP '2026-01-03 05:00:00' AND a.city || '' = 'x'",
      "event_timestamp >= 2026-01-02T00:00:00+00:00 AND event_timestamp <= 2026-01-03T05:00:00+00:00: 2 kept",
    ],
    ["day IN ('2026-01-02', DATE '2026-01-05')", "day IN (2026-01-02, 2026-01-05): 2 kept"],
    ["NOT (trips < 30 OR city LIKE 'a%')", "trips >= 30 AND city NOT LIKE 'a%': 1 kept"],
    ["city LIKE 'd%'", "city LIKE 'd%': 2 kept"],
    ["active AND trips IS NOT NULL", "active = true AND trips IS NOT NULL: 3 kept"],
    [
      "event_timestamp > TIMESTAMPTZ '2026-01-07 00:00:00Z' - INTERVAL 1 DAY",
      "event_timestamp > 2026-01-06T00:00:00+00:00: 1 kept",
    ],
    ["trips > 1.5", "all: 6 kept"],
    ["trips + 1 = 3", "all: 6 kept"],
    ["city = 1::VARCHAR OR fee = fee", "all: 6 kept"],
    ["EXISTS (SELECT 1 WHERE a.trips = 3)", "all: 6 kept"],
  ])("is done for %s", async (where, expected) => {
    expect(await explained(`SELECT 1 FROM wide a WHERE ${where}`)).toEqual([expected]);
  });

  it.each([
    ["wide a LEFT JOIN wide b USING (driver_id) WHERE b.trips = 3"],
    ["wide a WHERE trips = 3 UNION ALL SELECT 1 FROM main.wide"],
    ["wide a WHERE trips = 3 AND (SELECT count(*) FROM query_table('wide')) > 0"],
    ["wide TABLESAMPLE 50 PERCENT WHERE trips = 3"],
    ["wide AS a(trips) WHERE trips = 3"],
    ["wide a FULL JOIN wide b ON a.trips = 3 AND b.trips = 3"],
    ["wide a POSITIONAL JOIN wide b WHERE a.trips = 3"],
    ["wide a, (SELECT 1 AS trips) b WHERE trips = 3 OR a.trips = 4"],
  ])("is not done for %s", async (from) => {
    const pushed = await run(`SELECT 1 FROM ${from}`, async ({ tables }) => tables.map((table) => table.pushed)).catch(
      () => [],
    );
    expect(pushed.filter((text) => text !== undefined)).toEqual([]);
  });

  it("is done for each place where a table is read, and for what they have in common", async () => {
    expect(
      await explained(
        "SELECT 1 FROM wide WHERE day = '2026-01-01' UNION ALL SELECT 1 FROM wide WHERE day = '2026-01-06'",
      ),
    ).toEqual(["day = 2026-01-01 OR day = 2026-01-06: 2 kept"]);
    expect(
      await explained(
        "SELECT 1 FROM wide a LEFT JOIN wide b ON a.driver_id = b.driver_id AND b.day = '2026-01-02' WHERE a.day = '2026-01-01'",
      ),
    ).toEqual(["day = 2026-01-01 OR day = 2026-01-02: 2 kept"]);
  });

  it("goes by the columns of the state that is read", async () => {
    const table = await project.table(wide);
    await table
      .newTransaction()
      .updateSchema((update) => update.renameColumn("trips", "journeys"))
      .commit();
    expect(await explained("SELECT 1 FROM wide WHERE journeys < 6")).toEqual(["journeys < 6: 1 kept"]);
  });
});
