import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const main = fileURLToPath(new URL("../support/icecore-main.ts", import.meta.url));

/** What runs the sources; who installs Icecore has it compiled. */
const runners = new Set(["tsx", "esbuild"]);

/** The packages of others that a run of `icecore` loads modules of, and the modules of ours outside of the command line. */
async function loadedBy(...args: readonly string[]): Promise<readonly string[]> {
  const coverage = await mkdtemp(join(tmpdir(), "icecore-loaded-"));
  const node = ["--conditions=@icecore/source", "--import", tsx, main, ...args];
  // Node tells of each script that it has loaded when it is asked how much of it has run.
  await promisify(execFile)(process.execPath, node, {
    cwd: coverage,
    env: { ...process.env, NODE_V8_COVERAGE: coverage },
  });
  const reports = await Promise.all((await readdir(coverage)).map((file) => readFile(join(coverage, file), "utf8")));
  await rm(coverage, { recursive: true });
  const urls = reports.flatMap((report) => (JSON.parse(report) as Report).result.map(({ url }) => url));
  return [...new Set(urls.flatMap(loaded))].filter((name) => !runners.has(name)).sort();
}

interface Report {
  readonly result: readonly { readonly url: string }[];
}

function loaded(url: string): readonly string[] {
  const foreign = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  const own = /\/packages\/(?!api\/src\/cli\/)([^?]+)/.exec(url)?.[1];
  return [foreign ?? own ?? []].flat();
}

/** Commands are declared with these, and print with these. */
const small = [
  "@bomb.sh/tab",
  "ansi-regex",
  "api/src/errors.ts",
  "api/src/output/result-format.ts",
  "api/src/output/temporary-directory.ts",
  "api/src/store/spine-entities.ts",
  "cli-progress",
  "cli-table3",
  "commander",
  "emoji-regex",
  "feature-registry/src/duration.ts",
  "iceberg-catalog/src/spec/ids.ts",
  "is-fullwidth-code-point",
  "picocolors",
  "string-width",
  "strip-ansi",
];

it.each(["--help", "completion bash"])("icecore %s loads nothing that commands work with", async (args) => {
  expect(await loadedBy(...args.split(" "))).toEqual(small);
});
