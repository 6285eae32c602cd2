import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../.cache/interop", import.meta.url));

/** A folder that `install` fills, once for each version of the file that says what is to be installed. */
export function installedOnce(requirements: string, install: (folder: string) => void): string {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(cache, digest);
  const finished = join(folder, "finished");
  if (existsSync(finished)) return folder;
  console.warn(`installing what ${basename(requirements)} names into ${folder}, once`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  install(folder);
  writeFileSync(finished, "");
  return folder;
}

/** Runs a command. @throws an Error that says `failure` */
export function run(command: string, args: readonly string[], failure: string): void {
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (cause) {
    throw new Error(failure, { cause });
  }
}
