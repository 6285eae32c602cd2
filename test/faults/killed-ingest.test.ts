import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { type FeatureStore, openFeatureStore } from "@icecore/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { driverRepo, type TestRepo } from "../support/driver-repo.ts";
import { startIcecore } from "../support/icecore-process.ts";

const view = "driver_hourly_stats";
const [days, drivers] = [6, 2_000];
const all = BigInt(days * drivers);

let repo: TestRepo;
let store: FeatureStore;
beforeEach(async () => {
  repo = await driverRepo();
  store = await openFeatureStore({ repo: repo.directory });
  await store.apply(await store.plan());
  await store.ingest(view, { sql: rowsOf(1) }, { key: "first" });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await repo[Symbol.asyncDispose]();
});

/** A row of each driver on each day, of which each is a data file. */
const rowsOf = (trips: number) =>
  `SELECT d AS driver_id, TIMESTAMPTZ '2026-01-01 12:00:00+00' + to_days(t::INTEGER) AS event_timestamp, ${trips} AS avg_daily_trips,
    TIMESTAMPTZ '2026-02-01 00:00:00+00' + to_seconds(${trips}) AS created FROM range(${drivers}) a(d), range(${days}) b(t)`;

/** What has been written of the view's table. */
async function filesLike(pattern: RegExp): Promise<number> {
  const names = await readdir(repo.path(`.icecore/warehouse/rides/${view}`), { recursive: true });
  return names.filter((name) => pattern.test(name)).length;
}

/** Runs `icecore ingest`, and kills it at the moment when so many more such files are there. */
async function killedAfter(pattern: RegExp, more: number, args: readonly string[]): Promise<void> {
  const file = await repo.parquet("second.parquet", rowsOf(2));
  const before = await filesLike(pattern);
  const run = startIcecore({}, "--repo", repo.directory, "ingest", view, file, ...args);
  const ended = once(run, "exit");
  while (run.exitCode === null && (await filesLike(pattern)) < before + more) await setTimeout(1);
  run.kill("SIGKILL");
  await ended;
}

/** How many rows there are, by the trips that they have. */
async function rowsByTrips(): Promise<Readonly<Record<string, bigint>>> {
  const rows = await store
    .at<unknown, { [view]: { avg_daily_trips: bigint } }>()
    .selectFrom(view)
    .groupBy("avg_daily_trips")
    .select((eb) => ["avg_daily_trips", eb.fn.countAll<bigint>().as("n")])
    .execute();
  return Object.fromEntries(rows.map(({ avg_daily_trips: trips, n }) => [String(trips), n]));
}

const again = (mode: "append" | "upsert") => store.ingest(view, { sql: rowsOf(2) }, { mode, key: "second" });

const cases = [
  ["append", "the first data file", /\.parquet$/, 1],
  ["upsert", "most data files", /\.parquet$/, days - 1],
  ["append", "a manifest", /\.avro$/, 1],
  ["upsert", "the metadata", /\.metadata\.json$/, 1],
] as const;

describe.each(cases)("an %s that is killed after it wrote %s", (mode, _, pattern, more) => {
  it("has brought in all rows or none, and the same key brings them in once", async () => {
    await killedAfter(pattern, more, ["--mode", mode, "--key", "second"]);
    const whole = mode === "append" ? { 1: all, 2: all } : { 2: all };
    const left = await rowsByTrips();
    expect([{ 1: all }, whole]).toContainEqual(left);
    const done = mode === "append" ? "ingested" : "upserted";
    expect((await again(mode)).outcome).toBe(left["2"] === undefined ? done : "already-ingested");
    expect((await again(mode)).outcome).toBe("already-ingested");
    await store.maintain(view, { removeOrphansOlderThanSeconds: 0 });
    expect(await rowsByTrips()).toEqual(whole);
  });
});
