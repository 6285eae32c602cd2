import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {} from "vitest";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of a Python interpreter that has the packages of `interop/requirements.txt`. */
    readonly python: string;
  }
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const requirements = here("../interop/requirements.txt");
const cache = here("../../.cache/interop");

const howToInstall =
  "the interop tests need Python 3.10 or later with the venv module: `apt-get install python3-venv`, or `brew install python`";

export function setup(project: TestProject): void {
  project.provide("python", pythonEnvironment());
}

/** Makes a virtual environment with the required packages, once for each version of the requirements. @returns its Python */
export function pythonEnvironment(): string {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const environment = join(cache, digest);
  const python = join(environment, "bin", "python");
  const finished = join(environment, "finished");
  if (!existsSync(finished)) {
    console.warn(`installing the packages of test/interop/requirements.txt into ${environment}, once`);
    requirePython();
    rmSync(environment, { recursive: true, force: true });
    run("python3", ["-m", "venv", environment], howToInstall);
    run(python, ["-m", "pip", "install", "--quiet", "-r", requirements], `pip could not install ${requirements}`);
    writeFileSync(finished, "");
  }
  return python;
}

function requirePython(): void {
  run("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"], howToInstall);
}

function run(command: string, args: readonly string[], failure: string): void {
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (cause) {
    throw new Error(failure, { cause });
  }
}
