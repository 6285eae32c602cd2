import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { installedOnce, run } from "./install-once.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of a Python interpreter that has the packages of `interop/requirements.txt`. */
    readonly python: string;
    /** The one that has PySpark, of `interop/requirements-spark.txt`. */
    readonly sparkPython: string;
    /** The one that has Feast, of `interop/requirements-feast.txt`. */
    readonly feastPython: string;
  }
}

const file = (name: string): string => fileURLToPath(new URL(`../interop/${name}`, import.meta.url));

const howToInstall =
  "the interop tests need Python 3.10 or later with the venv module: `apt-get install python3-venv`, or `brew install python`";

export function setup(project: TestProject): void {
  project.provide("python", pythonEnvironment());
  project.provide("sparkPython", virtualEnvironment(file("requirements-spark.txt")));
  project.provide("feastPython", virtualEnvironment(file("requirements-feast.txt")));
}

/** The environment of the interop tests. @returns its Python */
export const pythonEnvironment = (): string => virtualEnvironment(file("requirements.txt"));

/** Makes a virtual environment with the required packages, once for each version of the requirements. @returns its Python */
export function virtualEnvironment(packages: string): string {
  const python = (folder: string): string => join(folder, "bin", "python");
  const environment = installedOnce(packages, (folder) => {
    requirePython();
    run("python3", ["-m", "venv", folder], howToInstall);
    run(python(folder), ["-m", "pip", "install", "--quiet", "-r", packages], `pip could not install ${packages}`);
  });
  return python(environment);
}

function requirePython(): void {
  run("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"], howToInstall);
}
