import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { installedOnce, run } from "./install-once.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Class path of the Java reference: its REST compatibility kit and its REST catalog server. */
    readonly icebergClassPath: string;
    readonly nessieJar: string;
    readonly icebergSparkJar: string;
  }
}

const pom = (name: string): string => fileURLToPath(new URL(`../interop/java/${name}`, import.meta.url));

const howToInstall =
  "the interop tests need Java 17 or later and Maven: `apt-get install openjdk-17-jre-headless maven`, or `brew install openjdk maven`";

/** Fetches the Java programs that the tests talk to, once for each version of what names them. */
export function setup(project: TestProject): void {
  const iceberg = installedOnce(pom("iceberg.xml"), (folder) => {
    maven(pom("iceberg.xml"), "dependency:copy-dependencies", `-DoutputDirectory=${folder}`);
  });
  const nessie = installedOnce(pom("nessie.xml"), (folder) => {
    maven(pom("nessie.xml"), "dependency:copy", `-DoutputDirectory=${folder}`);
  });
  const spark = installedOnce(pom("spark.xml"), (folder) => {
    maven(pom("spark.xml"), "dependency:copy", `-DoutputDirectory=${folder}`);
  });
  project.provide("icebergClassPath", join(iceberg, "*"));
  project.provide("nessieJar", join(nessie, "nessie.jar"));
  project.provide("icebergSparkJar", join(spark, "iceberg-spark.jar"));
}

function maven(file: string, ...goals: readonly string[]): void {
  run("java", ["-version"], howToInstall);
  requireMaven();
  run("mvn", ["--batch-mode", "--quiet", "-f", file, ...goals], `Maven could not fetch what ${file} names`);
}

function requireMaven(): void {
  if (spawnSync("mvn", ["-version"]).error === undefined) return;
  try {
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "maven"], { stdio: "ignore" });
  } catch (cause) {
    throw new Error(howToInstall, { cause });
  }
}
