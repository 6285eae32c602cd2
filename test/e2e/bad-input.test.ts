import { readdir, truncate } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

let repo: TestRepo;
const view = "driver_hourly_stats";

beforeAll(async () => {
  repo = await driverRepo();
  await icecoreOk("--repo", repo.directory, "apply");
  await icecoreOk(
    "--repo",
    repo.directory,
    "ingest",
    view,
    await repo.parquet("good.parquet", driverRows("2026-01-01 00:00:00+00")),
  );
});
afterAll(() => repo[Symbol.asyncDispose]());

/** Runs a command that must fail, with nothing changed, and gives the one thing it says. */
async function complaint(...args: string[]): Promise<string> {
  const before = await state();
  const { exitCode, stdout, stderr } = await icecore("--repo", repo.directory, ...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).not.toContain("    at ");
  expect(await state()).toEqual(before);
  return stderr.replaceAll(repo.directory, "REPO").trimEnd();
}

/** What must not change: the snapshots, and every file under the warehouse. */
async function state() {
  const history = JSON.parse(await icecoreOk("--repo", repo.directory, "--json", "history", view));
  const files = await readdir(repo.path(".icecore/warehouse"), { recursive: true });
  return { snapshots: history.length, files: files.filter((file) => file.endsWith(".parquet")).sort() };
}

const row = (columns: string) =>
  `SELECT 1001 AS driver_id, TIMESTAMPTZ '2026-01-02 00:00:00+00' AS event_timestamp, ${columns}`;

describe("bad input to ingest", () => {
  it("a file that is not there", async () => {
    expect(await complaint("ingest", view, "missing.parquet")).toMatchInlineSnapshot(
      `"error: missing.parquet: no such file"`,
    );
  });

  it("a view that is not there", async () => {
    expect(await complaint("ingest", "driver_hourly_stat", repo.path("good.parquet"))).toMatchInlineSnapshot(
      `"error: no feature view "driver_hourly_stat" in the registry (did you mean "driver_hourly_stats"?)"`,
    );
  });

  it("a corrupt parquet file", async () => {
    const path = await repo.parquet("corrupt.parquet", driverRows("2026-01-02 00:00:00+00"));
    await truncate(path, 500);
    expect(await complaint("ingest", view, path)).toMatchInlineSnapshot(
      `"error: REPO/corrupt.parquet: the parquet file is corrupt or is none (Invalid Input Error: No magic bytes found at end of file 'REPO/corrupt.parquet')"`,
    );
  });

  it("text that is called parquet", async () => {
    expect(
      await complaint("ingest", view, await repo.write("text.parquet", "driver_id,event_timestamp\n1,2\n")),
    ).toMatchInlineSnapshot(
      `"error: REPO/text.parquet: the parquet file is corrupt or is none (Invalid Input Error: No magic bytes found at end of file 'REPO/text.parquet')"`,
    );
  });

  it("a format nobody knows", async () => {
    expect(await complaint("ingest", view, await repo.write("rows.xlsx", "x"))).toMatchInlineSnapshot(
      `"error: REPO/rows.xlsx: cannot tell its format; name it with one of .parquet, .csv, .tsv, .ndjson, .jsonl, .arrow, .arrows"`,
    );
  });

  it("a column of the wrong type", async () => {
    const path = await repo.parquet("type.parquet", row("'many' AS avg_daily_trips, 0.5::DOUBLE AS conv_rate"));
    expect(await complaint("ingest", view, path)).toMatchInlineSnapshot(
      `"error: REPO/type.parquet: column "conv_rate": it is DOUBLE, which is not a float without loss; cast it, or change the column's type"`,
    );
  });

  it("a column nobody asked for", async () => {
    expect(
      await complaint("ingest", view, await repo.parquet("column.parquet", row("0.5::FLOAT AS conv_rat"))),
    ).toMatchInlineSnapshot(
      `"error: REPO/column.parquet: column "conv_rat" is not in feature view "driver_hourly_stats" (did you mean "conv_rate"?); drop or rename it"`,
    );
  });

  it("a missing join key", async () => {
    const path = await repo.parquet("key.parquet", "SELECT TIMESTAMPTZ '2026-01-02 00:00:00+00' AS event_timestamp");
    expect(await complaint("ingest", view, path)).toMatchInlineSnapshot(
      `"error: REPO/key.parquet: column "driver_id" is missing; every row needs it"`,
    );
  });

  it("a null join key, with its row", async () => {
    const path = await repo.write(
      "null.csv",
      "driver_id,event_timestamp\n1001,2026-01-02T00:00:00Z\n,2026-01-02T00:00:00Z\n",
    );
    expect(await complaint("ingest", view, path)).toMatchInlineSnapshot(
      `"error: REPO/null.csv: column "driver_id" is null, and every row needs it: row 2"`,
    );
  });

  it("timestamps without a zone, in text and in parquet", async () => {
    const csv = await repo.write("zone.csv", "driver_id,event_timestamp\n1001,2026-01-02 00:00:00\n");
    expect(await complaint("ingest", view, csv)).toMatchInlineSnapshot(
      `"error: REPO/zone.csv: column "event_timestamp" is not an ISO 8601 timestamp with a zone, such as 2026-01-31T12:00:00Z: row 1 ("2026-01-02 00:00:00")"`,
    );
    const parquet = await repo.parquet(
      "zone.parquet",
      "SELECT 1001 AS driver_id, TIMESTAMP '2026-01-02 00:00:00' AS event_timestamp",
    );
    expect(await complaint("ingest", view, parquet)).toMatchInlineSnapshot(
      `"error: REPO/zone.parquet: column "event_timestamp": it has timestamps without a zone; store them as UTC (pandas: dt.tz_localize('UTC'))"`,
    );
  });
});

describe("bad input to the rest", () => {
  it("a spine without the join key", async () => {
    const spine = await repo.parquet("spine1.parquet", "SELECT now() AS event_timestamp, 1 AS driver");
    expect(
      await complaint(
        "training-set",
        "create",
        "x",
        "--spine",
        spine,
        "--service",
        "driver_activity",
        "--out",
        repo.path("x.parquet"),
      ),
    ).toMatchInlineSnapshot(
      `"error: REPO/spine1.parquet: no column "driver_id", by which "driver_hourly_stats" is joined (did you mean "driver"?)"`,
    );
  });

  it("an unknown feature and an unknown service", async () => {
    expect(
      await complaint(
        "training-set",
        "create",
        "x",
        "--spine",
        repo.path("good.parquet"),
        "--features",
        `${view}:conv_rat`,
        "--out",
        repo.path("x.parquet"),
      ),
    ).toMatchInlineSnapshot(
      `"error: feature view "driver_hourly_stats" has no feature "conv_rat" (did you mean "conv_rate"?)"`,
    );
    expect(
      await complaint("online", "get", "--service", "driver_activty", "--entity", "driver_id=1"),
    ).toMatchInlineSnapshot(
      `"error: no feature service "driver_activty" in the registry (did you mean "driver_activity"?)"`,
    );
  });

  it("an entity whose key is no number", async () => {
    expect(
      await complaint("online", "get", "--service", "driver_activity", "--entity", "driver_id=abc"),
    ).toMatchInlineSnapshot(
      `"error: entity column "driver_id", row 0: "abc" is no long; give a whole number of 64 bits; as a string when it is beyond 2^53"`,
    );
  });

  it("a query that is none, or does more than read", async () => {
    expect(await complaint("query", "SELEC 1")).toMatchInlineSnapshot(
      `"error: query: syntax error at or near "SELEC""`,
    );
    expect(await complaint("query", "SELECT * FROM driver_hourly_stat")).toMatchInlineSnapshot(
      `"error: query: DuckDB cannot run this SQL (Catalog Error: Table with name driver_hourly_stat does not exist!)"`,
    );
    expect(await complaint("query", "DROP TABLE driver_hourly_stats")).toMatchInlineSnapshot(
      `"error: query: only one SELECT statement can be run; tables are changed by ingest and apply"`,
    );
    expect(await complaint("query", "SELECT * FROM read_csv('/etc/passwd')")).toMatchInlineSnapshot(
      `"error: query: queries read the tables of the catalog and nothing else, so read_csv() cannot stand after FROM; functions that can are range, generate_series, unnest, repeat, repeat_row, json_each, json_tree"`,
    );
  });

  it("a query that fails at a late row gives no row at all", async () => {
    const sql = "SELECT CASE WHEN i > 300000 THEN error('boom') ELSE i END AS v FROM range(1000000) t(i)";
    expect(await complaint("query", sql)).toContain("boom");
    const { exitCode, stdout } = await icecore("--repo", repo.directory, "--json", "query", sql);
    expect({ exitCode, error: JSON.parse(stdout).error.message }).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining("boom"),
    });
  });

  it("a snapshot of a view that is not read", async () => {
    expect(await complaint("query", `SELECT 1 FROM ${view}`, "--snapshot", "driver_hourly_stat=17")).toContain(
      'a snapshot of "driver_hourly_stat" is given, but nothing of that name is read (did you mean "driver_hourly_stats"?)',
    );
  });

  it("a snapshot, a tag and a time that are not there", async () => {
    expect(await complaint("query", `SELECT 1 FROM ${view}`, "--snapshot", `${view}=17`)).toMatchInlineSnapshot(
      `"error: the table has no snapshot 17; it may have expired"`,
    );
    expect(await complaint("query", `SELECT 1 FROM ${view}`, "--tag", "release")).toMatchInlineSnapshot(
      `"error: rides.driver_hourly_stats has no tag or branch "release""`,
    );
    expect(await complaint("query", `SELECT 1 FROM ${view}`, "--as-of", "2020-01-01T00:00:00Z")).toMatchInlineSnapshot(
      `"error: rides.driver_hourly_stats has no snapshot that was current at 2020-01-01T00:00:00.000Z"`,
    );
  });

  it("a repository that is none", async () => {
    const { exitCode, stderr } = await icecore("--repo", "/nonexistent", "plan");
    expect(exitCode).toBe(1);
    expect(stderr).toMatchInlineSnapshot(`
      "error: no feature_store.yaml in /nonexistent; go to a feature repository, name one with --repo, or make one with icecore init
      "
    `);
  });

  it("a definition with a typing error, and one that makes no sense", async () => {
    await using broken = await driverRepo();
    await broken.write("more.ts", "export const x = defineEntity({);");
    const syntax = await icecore("--repo", broken.directory, "plan");
    expect(syntax.stderr.replaceAll(broken.directory, "REPO")).toMatchInlineSnapshot(`
      "error: REPO/more.ts: ParseError: Unexpected token at 1:31
      "
    `);
    await broken.write(
      "more.ts",
      `import { defineFeatureView } from "@icecore/feature-registry";
       import { driver } from "./features.ts";
       export const bad = defineFeatureView({ name: "bad view", entities: [driver], features: { driver_id: "long", x: "number" as never }, owner: "", description: "" });`,
    );
    const senseless = await icecore("--repo", broken.directory, "plan");
    expect(senseless.stderr.replaceAll(broken.directory, "REPO")).toMatchInlineSnapshot(`
      "error: REPO/more.ts:3: feature view "bad view": a name is letters, digits and _, and does not start with a digit
      REPO/more.ts:3: feature view "bad view": needs an owner: who answers for it
      REPO/more.ts:3: feature view "bad view": column "driver_id" is there twice
      REPO/more.ts:3: feature view "bad view": feature "x" has unknown type "number"; types are boolean, int, long, float, double, date, time, timestamp, timestamptz, string, uuid, binary, decimal(precision, scale), list<type>, map<key, value>, struct<name: type, ...>
      "
    `);
  });
});
