import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type {} from "vitest";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the `redis-server` binary. */
    readonly redisServer: string;
  }
}

const howToInstall =
  "the tests need a real Redis 7 or later and found no redis-server on PATH: `apt-get install redis-server`, or `brew install redis`";

/** Makes sure that there is a Redis to test with: the tests of the online store never run without one. */
export function setup(project: TestProject): void {
  project.provide("redisServer", findOnPath("redis-server") ?? installWithApt());
}

function installWithApt(): string {
  const apt = findOnPath("apt-get");
  if (process.getuid?.() !== 0 || apt === undefined) throw new Error(howToInstall);
  console.warn("redis-server is not installed: installing it with apt-get, once");
  try {
    run(apt, ["update"]);
    run(apt, ["install", "-y", "--no-install-recommends", "redis-server"]);
  } catch (cause) {
    throw new Error(howToInstall, { cause });
  }
  stopService();
  const path = findOnPath("redis-server");
  if (path === undefined) throw new Error(howToInstall);
  return path;
}

/** Debian starts a server on the default port as it installs one; where no service manager runs, there is none. */
function stopService(): void {
  const service = findOnPath("service");
  if (service === undefined) return;
  try {
    run(service, ["redis-server", "stop"]);
  } catch (cause) {
    console.warn("could not stop the redis service that the package may have started:", String(cause));
  }
}

function run(command: string, args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
