import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

let repo: TestRepo;
const run = async (...args: string[]) => JSON.parse(await icecoreOk("--repo", repo.directory, "--json", ...args));

beforeAll(async () => {
  repo = await driverRepo();
});
afterAll(() => repo[Symbol.asyncDispose]());

describe("the whole job on the command line", () => {
  const state: { first: string; digest: string; committed: string } = { first: "", digest: "", committed: "" };

  it("plans and applies, and has nothing to do the second time", async () => {
    const plan = await run("plan");
    expect(plan.changes.map((c: { action: string; name: string }) => `${c.action} ${c.name}`)).toEqual([
      "create driver",
      "create driver_hourly_stats",
      "create driver_activity",
    ]);
    expect((await run("apply")).version).toBe(1);
    expect(await icecoreOk("--repo", repo.directory, "plan")).toBe(
      "No changes: registry and tables agree with the feature repository.\n",
    );
  });

  it("ingests a day once, however often it is told to", async () => {
    const file = await repo.parquet("day1.parquet", driverRows("2026-01-01 00:00:00+00"));
    const first = await run("ingest", "driver_hourly_stats", file, "--key", "day1");
    expect(first).toMatchObject({ outcome: "ingested", rows: 120, files: 1 });
    state.first = first.snapshotId;
    expect(await run("ingest", "driver_hourly_stats", file, "--key", "day1")).toMatchObject({
      outcome: "already-ingested",
      snapshotId: first.snapshotId,
    });
  });

  it("takes CSV and NDJSON, and says what it did", async () => {
    const csv = await repo.write(
      "more.csv",
      "driver_id,event_timestamp,avg_daily_trips\n1001,2026-01-02T00:00:00Z,7\n1002,2026-01-02T01:00:00+01:00,8\n",
    );
    const ndjson = await repo.write(
      "more.ndjson",
      '{"driver_id": 1003, "event_timestamp": "2026-01-02T00:00:00.123456Z", "conv_rate": 0.5}\n',
    );
    expect(await icecoreOk("--repo", repo.directory, "ingest", "driver_hourly_stats", csv)).toMatch(
      /^Ingested 2 rows into driver_hourly_stats: 1 data file, .*snapshot \d+\.\n$/,
    );
    await run("ingest", "driver_hourly_stats", ndjson);
    const rows = await run(
      "query",
      "SELECT driver_id, event_timestamp, conv_rate, avg_daily_trips FROM driver_hourly_stats WHERE event_timestamp >= '2026-01-02' ORDER BY 1",
    );
    expect(rows).toEqual([
      { driver_id: 1001, event_timestamp: "2026-01-02T00:00:00Z", conv_rate: null, avg_daily_trips: 7 },
      { driver_id: 1002, event_timestamp: "2026-01-02T00:00:00Z", conv_rate: null, avg_daily_trips: 8 },
      { driver_id: 1003, event_timestamp: "2026-01-02T00:00:00.123456Z", conv_rate: 0.5, avg_daily_trips: null },
    ]);
  });

  it("lists history and travels in it", async () => {
    const history = await run("history", "driver_hourly_stats");
    expect(history.map((entry: { addedRows: number }) => entry.addedRows)).toEqual([1, 2, 120]);
    const count = "SELECT count(*)::INT AS n FROM driver_hourly_stats";
    expect(await run("query", count)).toEqual([{ n: 123 }]);
    expect(await run("query", count, "--snapshot", `driver_hourly_stats=${state.first}`)).toEqual([{ n: 120 }]);
    expect(await run("query", count, "--as-of", history[1].committedAt)).toEqual([{ n: 122 }]);
  });

  it("makes a training set and reproduces it after everything has changed", async () => {
    const spine = await repo.parquet(
      "spine.parquet",
      "SELECT 1001 + i % 6 AS driver_id, TIMESTAMPTZ '2026-01-01 00:30:00+00' + to_hours(i) AS event_timestamp, i AS label FROM range(48) t(i)",
    );
    const created = await run(
      "training-set",
      "create",
      "first",
      "--spine",
      spine,
      "--service",
      "driver_activity",
      "--out",
      repo.path("first.parquet"),
    );
    expect(created.result.rows).toBe(48);
    state.digest = created.result.digest;
    const late = await repo.parquet("late.parquet", driverRows("2026-01-01 00:10:00+00", 12));
    await run("ingest", "driver_hourly_stats", late);
    await run("add", "feature", "driver_hourly_stats.rating", "--type", "double", "--default", "4.5");
    expect(await run("training-set", "reproduce", "first")).toMatchObject({ identical: true, digest: state.digest });
    expect((await run("training-set", "list")).map((lock: { name: string }) => lock.name)).toEqual(["first"]);
  });

  it("evolves code, table and registry together", async () => {
    expect(await run("plan")).toEqual({ changes: [], drift: [] });
    expect(await run("query", "SELECT DISTINCT rating FROM driver_hourly_stats")).toEqual([{ rating: 4.5 }]);
  });

  it("materializes what is new, and serves it", async () => {
    const [summary] = await run("materialize");
    expect(summary).toMatchObject({ view: "driver_hourly_stats", mode: "full", rows: 5, written: 5 });
    expect((await run("materialize"))[0]).toMatchObject({ mode: "incremental", rows: 0 });
    const [entity] = await run(
      "online",
      "get",
      "--features",
      "driver_hourly_stats:avg_daily_trips",
      "--entity",
      "driver_id=1001",
      "--now",
      "2026-01-02T12:00:00Z",
    );
    expect(entity.features).toEqual([
      { name: "avg_daily_trips", value: 7, status: "PRESENT", eventTimestamp: "2026-01-02T00:00:00.000Z" },
    ]);
  });

  it("tags, rolls back, and expires what no tag keeps", async () => {
    const view = "driver_hourly_stats";
    const [newest, second] = await run("history", view);
    expect(await run("tag", view, "release", "--snapshot", second.snapshotId)).toMatchObject({
      snapshotId: second.snapshotId,
    });
    await run("rollback", view, "--snapshot", second.snapshotId);
    const count = async (...at: string[]) => (await run("query", `SELECT count(*)::INT AS n FROM ${view}`, ...at))[0].n;
    expect(await count()).toBe(second.totalRows);
    await run("rollback", view, "--snapshot", newest.snapshotId);
    expect([await count(), await count("--tag", "release")]).toEqual([newest.totalRows, second.totalRows]);
    const dry = await run("maintain", view, "--expire-older-than", "0s", "--dry-run");
    const expired = await run("maintain", view, "--expire-older-than", "0s");
    expect(expired.snapshotIds).toEqual(dry.snapshotIds);
    const left = (await run("history", view)).map((entry: { refs: string[] }) => entry.refs);
    expect(left).toEqual([["main"], ["training-set-first", "release"]]);
    expect(await run("training-set", "reproduce", "first")).toMatchObject({ identical: true });
  });

  it("keeps columns of one name apart", async () => {
    expect(await run("query", "SELECT a.i, b.i FROM range(1) a(i), range(5, 6) b(i)")).toEqual([{ i: 0, i_1: 5 }]);
  });

  it("forgets a training set, so that its name is free again", async () => {
    expect(await run("training-set", "remove", "first")).toEqual({ name: "first", views: ["driver_hourly_stats"] });
    expect(await run("training-set", "list")).toEqual([]);
  });

  it("prints tables for people", async () => {
    const text = await icecoreOk(
      "--repo",
      repo.directory,
      "query",
      "SELECT driver_id, count(*) AS n FROM driver_hourly_stats GROUP BY 1 ORDER BY 1 LIMIT 2",
    );
    expect(text).toMatchInlineSnapshot(`
      " driver_id   n
       1001        37
       1002        37
      "
    `);
  });
});

describe("wrong usage", () => {
  it.each([
    [["--nonsense"], "unknown option '--nonsense'"],
    [["ingst"], "unknown command 'ingst'"],
    [["ingest"], "missing required argument 'view'"],
    [["query", "SELECT 1", "--as-of", "yesterday"], '"yesterday" is no ISO 8601 time with a zone'],
    [["training-set", "create", "x", "--spine", "s.csv", "--out", "o.parquet"], "give either --features or --service"],
  ])("exits 2 for %j", async (args, message) => {
    const { exitCode, stderr, stdout } = await icecore("--repo", repo.directory, ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });
});

describe("a spine in CSV", () => {
  it("joins by text keys as they are written, and keeps the empty string apart from null", async () => {
    await using airports = await driverRepo();
    await airports.write(
      "features.ts",
      `import { defineEntity, defineFeatureView } from "@icecore/feature-registry";
       const gate = defineEntity({ name: "gate", joinKeys: { gate: "string" }, owner: "ops", description: "" });
       export { gate };
       export const delays = defineFeatureView({ name: "delays", entities: [gate], features: { note: "string" }, owner: "ops", description: "" });`,
    );
    const at = ["--repo", airports.directory];
    await icecoreOk(...at, "apply");
    const rows = await airports.write(
      "rows.csv",
      'gate,event_timestamp,note\n007,2026-01-01T00:00:00Z,""\n7,2026-01-01T00:00:00Z,\n',
    );
    await icecoreOk(...at, "ingest", "delays", rows);
    const spine = await airports.write(
      "spine.csv",
      "gate,event_timestamp\n007,2026-01-02T00:00:00Z\n7,2026-01-02T00:00:00Z\n",
    );
    const out = airports.path("out.ndjson");
    await icecoreOk(...at, "training-set", "create", "t", "--spine", spine, "--features", "delays:note", "--out", out);
    const notes = (await readFile(out, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(notes.map(({ gate, note }) => [gate, note])).toEqual([
      ["007", ""],
      ["7", null],
    ]);
  });
});
