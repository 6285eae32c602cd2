import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

const view = "driver_hourly_stats";
let repo: TestRepo;
const run = (...args: string[]) => icecore("--repo", repo.directory, ...args);
const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);
const source = () => readFile(repo.path("features.ts"), "utf8");
const changes = async () => JSON.parse(await ok("--json", "plan")).changes;
const online = async (feature: string) =>
  JSON.parse(
    await ok(
      ...["--json", "online", "get", "--features", `${view}:${feature}`, "--entity", "driver_id=1001"],
      ...["--now", "2026-01-01T12:00:00Z"],
    ),
  );

beforeAll(async () => {
  repo = await driverRepo();
  await repo.write(
    "features.ts",
    (await source())
      .replace("defineFeatureView }", "defineFeatureView, project }")
      .replace("features: [driverStats]", `features: [project(driverStats, { features: ["conv_rate", "acc_rate"] })]`),
  );
  await ok("apply");
  await ok("ingest", view, await repo.parquet("rows.parquet", driverRows("2026-01-01 00:00:00+00")));
  await ok("materialize");
  const spine = await repo.write("spine.csv", "driver_id,event_timestamp\n1001,2026-01-01T12:00:00Z\n");
  await ok(
    ...["training-set", "create", "before", "--spine", spine, "--service", "driver_activity"],
    ...["--out", repo.path("before.parquet")],
  );
});
afterAll(() => repo[Symbol.asyncDispose]());

it("renames a feature in file, service, table and registry, with its values", async () => {
  const [{ conv_rate: value }] = JSON.parse(await ok("--json", "query", `SELECT conv_rate FROM ${view} LIMIT 1`));
  expect(await ok("rename", "feature", `${view}.conv_rate`, "acceptance")).toMatch(
    /^Renamed driver_hourly_stats:conv_rate to acceptance in .*features\.ts, its table and the registry, now at version 2/,
  );
  expect(await source()).toContain(`acceptance: { type: "float", renamedFrom: "conv_rate" }`);
  expect(await source()).toContain(`project(driverStats, { features: ["acceptance", "acc_rate"] })`);
  expect(await changes()).toEqual([]);
  expect(JSON.parse(await ok("--json", "query", `SELECT acceptance FROM ${view} LIMIT 1`))).toEqual([
    { acceptance: value },
  ]);
});

it("has it online under its new name once that is materialized", async () => {
  await ok("materialize");
  const [{ acceptance }] = JSON.parse(
    await ok(
      "--json",
      "query",
      `SELECT acceptance FROM ${view} WHERE driver_id = 1001 ORDER BY event_timestamp DESC LIMIT 1`,
    ),
  );
  expect(JSON.stringify(await online("acceptance"))).toContain(String(acceptance));
});

it("widens a feature, and refuses what would lose values", async () => {
  await ok("widen", "feature", `${view}.acceptance`, "--type", "double");
  expect(await source()).toContain(`acceptance: { type: "double", renamedFrom: "conv_rate" }`);
  const before = await source();
  const narrower = await run("widen", "feature", `${view}.avg_daily_trips`, "--type", "int");
  expect(narrower).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("cannot become int") });
  expect(await source()).toBe(before);
});

it("drops a feature when told to, but not one that a service reads", async () => {
  const before = await source();
  const hesitant = await run("drop", "feature", `${view}.avg_daily_trips`);
  expect(hesitant).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("pass --allow-destructive") });
  const read = await run("drop", "feature", `${view}.acc_rate`, "--allow-destructive");
  expect(read).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`feature service "driver_activity"`) });
  expect(await source()).toBe(before);
  await ok("drop", "feature", `${view}.avg_daily_trips`, "--allow-destructive");
  expect(await source()).not.toContain("avg_daily_trips");
  expect(await changes()).toEqual([]);
});

it("makes the training set of before as it was, by the old name", async () => {
  const out = repo.path("again.parquet");
  await ok("training-set", "reproduce", "before", "--out", out);
  expect(JSON.parse(await ok("--json", "query", `SELECT * FROM ${view} LIMIT 1`))[0]).not.toHaveProperty("conv_rate");
});

it("says what it does not find, with the nearest", async () => {
  expect(await run("rename", "feature", `${view}.aceptance`, "x")).toMatchObject({
    exitCode: 1,
    stderr: `error: feature view "${view}" has no feature "aceptance" (did you mean "acceptance"?)\n`,
  });
});

it("keeps every version of the registry, with what it changed", async () => {
  const history = JSON.parse(await ok("--json", "registry", "history"));
  expect(history.map((entry: { version: number }) => entry.version)).toEqual([4, 3, 2, 1]);
  const { changes } = history[2];
  expect(changes[0]).toMatchObject({ action: "update", name: view, details: ["conv_rate is renamed to acceptance"] });
  expect(await ok("registry", "history")).toContain('~ feature view "driver_hourly_stats"\n    - avg_daily_trips long');
  const features = async (...which: string[]) => {
    const { featureViews } = JSON.parse(await ok("--json", "registry", "show", ...which));
    return featureViews[0].features.map((feature: { name: string }) => feature.name);
  };
  expect(await features("1")).toEqual(["conv_rate", "acc_rate", "avg_daily_trips"]);
  expect(await features()).toEqual(["acceptance", "acc_rate"]);
  expect(await features("--as-of", history[3].appliedAt)).toHaveLength(3);
  expect(await ok("registry", "show")).toMatch(
    /driver_hourly_stats +driver +acceptance double, acc_rate float +1d +yes/,
  );
});

it("says so where it has no such version", async () => {
  expect(await run("registry", "show", "9")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("has no version 9"),
  });
  expect(await run("registry", "show", "--as-of", "2001-01-01T00:00:00Z")).toMatchObject({ exitCode: 1 });
});
