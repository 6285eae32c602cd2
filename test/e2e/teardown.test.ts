import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

const view = "driver_hourly_stats";
let repo: TestRepo;
const run = (...args: string[]) => icecore("--repo", repo.directory, ...args);
const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);
const dataFiles = async () =>
  (await readdir(repo.path(".icecore/warehouse"), { recursive: true })).filter((name) =>
    /\.(parquet|avro)$/.test(name),
  );
const get = ["online", "get", "--features", `${view}:conv_rate`, "--entity", "driver_id=1001"];

beforeAll(async () => {
  repo = await driverRepo();
  await ok("apply");
  await ok("ingest", view, await repo.parquet("rows.parquet", driverRows("2026-01-01 00:00:00+00")));
  await ok("materialize");
});
afterAll(() => repo[Symbol.asyncDispose]());

it("does nothing before it is sure", async () => {
  expect(await run("teardown")).toMatchObject({
    exitCode: 2,
    stderr: "error: nothing was taken away; to be sure, say --confirm rides\n",
  });
  expect(await run("teardown", "--confirm", "ride")).toMatchObject({
    exitCode: 2,
    stderr: `error: nothing was taken away: this project is "rides", not "ride"\n`,
  });
  await ok(...get);
});

it("takes tables, files, registry and online rows away, and leaves a repository to begin anew with", async () => {
  expect(await ok("teardown", "--confirm", "rides")).toBe(
    `Took away project "rides": 2 tables with their history (${view}, icecore_registry), and the online rows of 1 feature view.\n`,
  );
  expect(await dataFiles()).toEqual([]);
  expect(await run("teardown", "--confirm", "rides")).toMatchObject({
    exitCode: 1,
    stderr: `error: nothing is registered in namespace "rides" yet; run icecore apply\n`,
  });
  await ok("apply");
  expect(JSON.parse(await ok("--json", "history", view))).toEqual([]);
  expect(JSON.stringify(JSON.parse(await ok("--json", ...get)))).toContain("NOT_FOUND");
});
