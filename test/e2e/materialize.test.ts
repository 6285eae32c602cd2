import { openFeatureStore } from "@icecore/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

let repo: TestRepo;
beforeEach(async () => {
  repo = await driverRepo();
  await run("apply");
});
afterEach(() => repo[Symbol.asyncDispose]());

const run = async (...args: string[]) => JSON.parse(await icecoreOk("--repo", repo.directory, "--json", ...args));

const ingest = async (name: string, hour: string) =>
  run("ingest", "driver_hourly_stats", await repo.parquet(name, driverRows(hour, 1)));

/** What the online store answers for a driver: its trips. */
const trips = async (driver = 1001) => {
  const args = [
    "online",
    "get",
    "--features",
    "driver_hourly_stats:avg_daily_trips",
    "--entity",
    `driver_id=${driver}`,
  ];
  const [entity] = await run(...args, "--now", "2026-01-02T00:00:00Z");
  return [entity.features[0].status, entity.features[0].eventTimestamp];
};

describe("materialize", () => {
  it("follows snapshots: late rows, rollbacks, and a full run that finds nothing to change", async () => {
    await ingest("noon.parquet", "2026-01-01 12:00:00+00");
    expect((await run("materialize"))[0]).toMatchObject({ mode: "full", written: 5, deleted: 0 });
    await ingest("late.parquet", "2026-01-01 11:00:00+00");
    expect((await run("materialize"))[0]).toMatchObject({ mode: "incremental", rows: 5, written: 0, skipped: 5 });
    const { snapshotId } = (await run("history", "driver_hourly_stats"))[0];
    await ingest("evening.parquet", "2026-01-01 18:00:00+00");
    await run("materialize");
    expect(await trips()).toEqual(["PRESENT", "2026-01-01T18:00:00.000Z"]);
    await run("rollback", "driver_hourly_stats", "--snapshot", snapshotId);
    expect((await run("materialize"))[0]).toMatchObject({ mode: "incremental", written: 5 });
    expect(await trips()).toEqual(["PRESENT", "2026-01-01T12:00:00.000Z"]);
    expect((await run("materialize", "--full"))[0]).toMatchObject({ mode: "full", rows: 5, deleted: 0 });
    expect(await trips()).toEqual(["PRESENT", "2026-01-01T12:00:00.000Z"]);
  });

  it("writes a window of event time on demand", async () => {
    for (const hour of ["10", "12", "14"]) await ingest(`${hour}.parquet`, `2026-01-01 ${hour}:00:00+00`);
    const window = ["--since", "2026-01-01T11:00:00Z", "--until", "2026-01-01T12:00:00Z"];
    expect((await run("materialize", ...window))[0]).toMatchObject({ mode: "window", rows: 5, written: 5 });
    expect(await trips()).toEqual(["PRESENT", "2026-01-01T12:00:00.000Z"]);
    expect((await run("materialize"))[0]).toMatchObject({ mode: "full", written: 5 });
  });

  it.each([
    [["--full", "--watch"], "give only one of --full or --watch"],
    [["--since", "2026-01-02T00:00:00Z", "--until", "2026-01-01T00:00:00Z"], "--since is after --until"],
    [["--interval", "0"], '"0" is no number above 0'],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await icecore("--repo", repo.directory, "materialize", ...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it("follows the catalog with --watch until it is interrupted", async () => {
    const watching = icecore("--repo", repo.directory, "--json", "materialize", "--watch", "--interval", "0.05");
    await ingest("noon.parquet", "2026-01-01 12:00:00+00");
    await expect.poll(trips, { timeout: 10_000 }).toEqual(["PRESENT", "2026-01-01T12:00:00.000Z"]);
    await ingest("evening.parquet", "2026-01-01 18:00:00+00");
    await expect.poll(trips, { timeout: 10_000 }).toEqual(["PRESENT", "2026-01-01T18:00:00.000Z"]);
    process.emit("SIGINT");
    const { exitCode, stdout } = await watching;
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([exitCode, lines.map(({ mode, rows }) => [mode, rows])]).toEqual([
      0,
      [
        ["full", 5],
        ["incremental", 5],
      ],
    ]);
  });
});

describe("online verify", () => {
  it("agrees after a run, and finds what is missing, stale, wrong or too much", async () => {
    await ingest("noon.parquet", "2026-01-01 12:00:00+00");
    const unknown = await icecore("--repo", repo.directory, "online", "verify", "driver_hourly_stats");
    expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringContaining("was never materialized")]);
    await run("materialize");
    const agreed = await run("online", "verify", "driver_hourly_stats");
    expect(agreed).toMatchObject({ passed: true, sampled: 5, matching: 5, extra: 0, faultRate: 0 });

    await using store = await openFeatureStore({ repo: repo.directory });
    const push = (driver_id: number, event_timestamp: string, avg_daily_trips: number) =>
      store.push("driver_hourly_stats", { rows: [{ driver_id, event_timestamp, avg_daily_trips }] }, { to: "online" });
    await push(1001, "2026-01-01T12:00:00Z", 7);
    await push(1002, "2026-01-01T13:00:00Z", 7);
    await push(2001, "2026-01-01T13:00:00Z", 7);
    const { exitCode, stdout } = await icecore("--repo", repo.directory, "online", "verify", "driver_hourly_stats");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/5 entities drawn/);
    expect(stdout).toMatch(/mismatched {2}1 \(20.00 %\)/);
    expect(stdout).toMatch(/ahead {7}1 \(20.00 %\)/);
    expect(stdout).toMatch(/extra {7}1 of those online/);
    expect(stdout).toMatch(/mismatched: \{"driver_id":1001\}: offline != online: .*avg_daily_trips \d+ != 7/);
    expect(stdout).toMatch(/20.00 % differ, more than 0 %; run icecore materialize driver_hourly_stats --full/);
    expect(await run("online", "verify", "driver_hourly_stats", "--threshold", "0.2")).toMatchObject({ passed: true });
    expect((await run("online", "verify", "driver_hourly_stats", "--sample", "2", "--seed", "1")).sampled).toBe(2);
  });
});
