import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { icecoreOk } from "./icecore.ts";

/** An empty directory, gone when disposed of. */
export async function emptyDirectory(): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), "icecore docs-"));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

/** The repository that the quickstart makes, with its rows in the history and online. */
export async function quickstartRepo(): Promise<AsyncDisposable & { readonly directory: string }> {
  const { directory: parent, [Symbol.asyncDispose]: dispose } = await emptyDirectory();
  const directory = join(parent, "rides");
  await icecoreOk("init", directory);
  const ok = (...args: string[]) => icecoreOk("--repo", directory, ...args);
  await ok("apply");
  await ok("ingest", "driver_hourly_stats", join(directory, "data/driver_stats.parquet"), "--key", "first");
  await ok("materialize");
  return { directory, [Symbol.asyncDispose]: dispose };
}
