import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { driverRepo, type TestRepo } from "../support/driver-repo.ts";
import { icecoreOk } from "../support/icecore.ts";
import { startIcecore } from "../support/icecore-process.ts";

const view = "driver_hourly_stats";
/** Rows that take some seconds to make, and a query that never ends. */
const many = `SELECT i AS driver_id, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS event_timestamp FROM range(4000000) t(i)`;
const forever = "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM t)";
const spine = `${forever} SELECT count(*) AS driver_id, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS event_timestamp FROM t`;

let repo: TestRepo;
let temporary: string;
beforeAll(async () => {
  repo = await driverRepo();
  temporary = await mkdtemp(join(tmpdir(), "icecore-interrupted-"));
  await icecoreOk("--repo", repo.directory, "apply");
  await icecoreOk("--repo", repo.directory, "ingest", view, "--sql", many.replace("4000000", "10"));
});
afterAll(async () => {
  await repo[Symbol.asyncDispose]();
  await rm(temporary, { recursive: true });
});

/** What there is of files in the repository. */
async function ownFiles(): Promise<readonly string[]> {
  const names = await readdir(repo.directory, { recursive: true });
  return names.filter((name) => !/^\.icecore\/(catalog|online)/.test(name)).sort();
}

/** What there is of files, wherever they may be left. */
async function files(): Promise<readonly string[]> {
  // tsx has a folder of its own there.
  const others = (await readdir(temporary)).filter((name) => !name.startsWith("tsx-"));
  return [...(await ownFiles()), ...others];
}

function start(...args: readonly string[]) {
  const run = startIcecore({ TMPDIR: temporary }, "--repo", repo.directory, ...args);
  const stderr: string[] = [];
  run.stderr?.on("data", (text) => stderr.push(String(text)));
  return { run, ended: once(run, "exit"), stderr };
}

it.each([
  ["ingest", ["ingest", view, "--sql", many]],
  [
    "training-set create",
    ["training-set", "create", "x", "--spine", spine, "--service", "driver_activity", "--out", "x.csv"],
  ],
])("%s that is asked to stop leaves nothing behind", async (_, args) => {
  const before = await files();
  const out = args.map((word) => (word === "x.csv" ? repo.path(word) : word));
  const { run, ended, stderr } = start(...out);
  // Every one of them makes a file before it does what takes long.
  const count = (await ownFiles()).length;
  while (run.exitCode === null && (await ownFiles()).length === count) await setTimeout(10);
  run.kill("SIGINT");
  expect(await ended).toEqual([1, null]);
  expect(stderr.join("")).toBe(
    "Coming to an end; Ctrl-C again ends it at once.\nerror: interrupted; nothing was changed\n",
  );
  expect(await files()).toEqual(before);
});

it("a query whose reader has seen enough ends, and leaves nothing behind", async () => {
  const before = await files();
  const { run, ended, stderr } = start("query", "SELECT i FROM range(3000000) t(i)", "--format", "json");
  if (run.stdout === null) throw new Error("it has an output");
  await once(run.stdout, "readable");
  run.stdout.destroy();
  expect(await ended).toEqual([0, null]);
  expect(stderr.join("")).toBe("");
  expect(await files()).toEqual(before);
});

it("a server that is asked to stop does, and says where it is", async () => {
  const { run, ended } = start("serve", "--port", "0", "--json");
  if (run.stdout === null) throw new Error("it has an output");
  const [first] = await once(run.stdout, "data");
  expect(JSON.parse(String(first))).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  run.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
