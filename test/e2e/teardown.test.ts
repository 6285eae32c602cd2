import { readdir, readFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { main } from "../../packages/api/src/cli/main.ts";
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

it("takes a prompt that is closed for a no", async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const terminal = { argv: ["node", "icecore", "--repo", repo.directory, "teardown"], env: {}, stdin, stdout, stderr };
  const ended = main(Object.assign(terminal, { exitCode: 0 }));
  stdin.end();
  await ended;
  expect(terminal).toMatchObject({ exitCode: 2 });
  expect(String(stderr.read())).toContain("nothing was taken away; to be sure, say --confirm rides");
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

it("takes away what views have left that were deleted before", async () => {
  await using other = await driverRepo();
  const inOther = (...args: string[]) => icecoreOk("--repo", other.directory, ...args);
  await inOther("apply");
  await inOther("ingest", view, await other.parquet("rows.parquet", driverRows("2026-01-01 00:00:00+00")));
  await inOther("materialize");
  await other.write("features.ts", "");
  expect(await inOther("plan")).toContain(
    `- feature view "${view}"\n    destructive: needs --allow-destructive\n    its table and history are kept\n    remove its rows from the online store\n`,
  );
  await inOther("apply", "--allow-destructive");
  expect(await inOther("teardown", "--confirm", "rides")).toContain(
    `2 tables with their history (${view}, icecore_registry)`,
  );
});

it("finds no rows online of a view that was deleted, and defined again", async () => {
  await using other = await driverRepo();
  const inOther = (...args: string[]) => icecoreOk("--repo", other.directory, ...args);
  const definitions = await readFile(other.path("features.ts"), "utf8");
  await inOther("apply");
  await inOther("ingest", view, await other.parquet("rows.parquet", driverRows("2026-01-01 00:00:00+00")));
  await inOther("materialize");
  await other.write("features.ts", "");
  await inOther("apply", "--allow-destructive");
  await other.write("features.ts", definitions);
  await inOther("apply");
  expect(await inOther(...get, "--now", "2026-01-01T12:00:00Z")).toContain("NOT_FOUND");
  await inOther("materialize");
  expect(await inOther(...get, "--now", "2026-01-01T12:00:00Z")).not.toContain("NOT_FOUND");
});
