import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { driverRepo, type TestRepo } from "../support/driver-repo.ts";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const main = fileURLToPath(new URL("../support/icecore-main.ts", import.meta.url));
let repo: TestRepo;

beforeAll(async () => {
  repo = await driverRepo();
});
afterAll(() => repo[Symbol.asyncDispose]());

async function output(...args: readonly string[]): Promise<string> {
  const node = ["--conditions=@icecore/source", "--import", tsx, main, ...args];
  return (await promisify(execFile)(process.execPath, node, { cwd: repo.directory })).stdout;
}

/** What a shell's script is told for these words: a line each, with a description, and a last one for itself. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const lines = (await output("complete", "--", ...words)).trimEnd().split("\n");
  return lines.slice(0, -1).map((line) => String(line.split("\t")[0]));
}

it("offers the feature views that the repository defines", async () => {
  expect(await offered("ingest", "dri")).toEqual(["driver_hourly_stats"]);
});

it("prints a script for each shell", async () => {
  expect(await output("completion", "bash")).toContain("complete -F");
});
