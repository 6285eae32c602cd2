import { readdir, readFile, writeFile } from "node:fs/promises";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

let repo: TestRepo;
const run = (...args: string[]) => icecore("--repo", repo.directory, ...args);
const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);

beforeAll(async () => {
  repo = await driverRepo();
  await ok("apply");
  for (const day of ["01", "02", "03"]) {
    const file = await repo.parquet(`${day}.parquet`, driverRows(`2026-01-${day} 00:00:00+00`));
    await ok("ingest", "driver_hourly_stats", file);
  }
});
afterAll(() => repo[Symbol.asyncDispose]());

const sql =
  "SELECT driver_id, avg_daily_trips FROM driver_hourly_stats WHERE event_timestamp = '2026-01-02' ORDER BY 1";
const csv = "driver_id,avg_daily_trips\n1001,0\n1002,100\n1003,200\n1004,300\n1005,400\n";

describe("query --out", () => {
  it("writes every format, by name or by --format, and nothing else", async () => {
    const before = await readdir(repo.directory);
    for (const name of ["rows.csv", "rows.parquet", "rows.arrow", "rows.json"]) {
      expect(await ok("query", sql, "--out", repo.path(name))).toBe(`Wrote 5 rows to ${repo.path(name)}.\n`);
    }
    await ok("query", sql, "--out", repo.path("rows.txt"), "--format", "csv");
    expect(await readFile(repo.path("rows.csv"), "utf8")).toBe(csv);
    expect(await readFile(repo.path("rows.txt"), "utf8")).toBe(csv);
    expect(tableFromIPC(await readFile(repo.path("rows.arrow"))).numRows).toBe(5);
    expect(JSON.parse(await readFile(repo.path("rows.json"), "utf8"))[4]).toEqual({
      driver_id: 1005,
      avg_daily_trips: 400,
    });
    const names = ["rows.arrow", "rows.csv", "rows.json", "rows.parquet", "rows.txt"];
    expect((await readdir(repo.directory)).filter((name) => !before.includes(name)).sort()).toEqual(names);
  });

  it("says what it wrote to machines", async () => {
    const written = JSON.parse(await ok("--json", "query", sql, "--out", repo.path("again.parquet")));
    expect(written).toEqual({ out: repo.path("again.parquet"), rows: 5, columns: ["driver_id", "avg_daily_trips"] });
  });

  it("leaves an older file alone when the query fails", async () => {
    await writeFile(repo.path("kept.csv"), "kept");
    const failing = await run("query", "SELECT error('boom') FROM driver_hourly_stats", "--out", repo.path("kept.csv"));
    expect(failing.exitCode).toBe(1);
    expect(await readFile(repo.path("kept.csv"), "utf8")).toBe("kept");
  });

  it.each([
    [
      ["--out", "rows.xlsx"],
      2,
      /^error: cannot tell the format to write rows.xlsx in; name it with one of .json, .csv, .parquet, .arrow/,
    ],
    [["--out", "no/such/dir/rows.csv"], 1, /^error: .*no\/such\/dir.*\n$/],
    [["--max-rows", "3"], 1, /^error: query: the result has more than 3 rows/],
    [["--max-rows", "-3"], 2, /"-3" is no number of things/],
    [["--timeout", "soon"], 2, /"soon" is no duration/],
    [["--memory-limit", "lots"], 1, /^error: .*lots.*\n$/],
    [["--format", "yaml"], 2, /Allowed choices are table, json, csv, parquet, arrow/],
  ])("%j is refused", async (args, exitCode, message) => {
    const refused = await run("query", sql, ...args);
    expect(refused.stderr).toMatch(message);
    expect(refused.stdout).toBe("");
    expect(refused.exitCode).toBe(exitCode);
  });
});

describe("query", () => {
  it("prints CSV for pipes", async () => {
    expect(await ok("query", sql, "--format", "csv")).toBe(csv);
  });

  it("explains which files it reads and why", async () => {
    const { stderr } = await run("query", sql, "--explain", "--format", "csv");
    expect(stderr.replace(/snapshot \d+/, "snapshot ID").replaceAll(/\(\S+ k?B\)/g, "(SIZE)")).toMatchInlineSnapshot(`
      "driver_hourly_stats at snapshot ID: 1 data file read (SIZE), 0 files pruned (SIZE), 2 of 3 manifests skipped
        chosen by event_timestamp = 2026-01-02T00:00:00+00:00
        columns that can be read: driver_id, event_timestamp, avg_daily_trips, of 6
      "
    `);
  });

  it("has limits in the configuration, which an option can only lower", async () => {
    await repo.write("feature_store.yaml", "project: rides\noffline_store: { query: { max_rows: 4, timeout: 1h } }\n");
    expect((await run("query", sql, "--max-rows", "100")).stderr).toContain("more than 4 rows");
    expect(await ok("query", `${sql} LIMIT 4`, "--format", "csv")).toBe(
      csv.split("\n").slice(0, 5).join("\n").concat("\n"),
    );
    await repo.write("feature_store.yaml", "project: rides\n");
  });
});
