import { readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Definitions } from "@icecore/feature-registry";
import { parse } from "yaml";
import { IcecoreError } from "../errors.ts";
import { carryOver } from "./carry-over.ts";
import { definitionSource } from "./definition-source.ts";
import { parseFeastRegistry } from "./registry-file.ts";

/** What was made of a Feast registry. */
export interface FeastImport {
  /** The definition file that was written. */
  readonly file: string;
  readonly definitions: Definitions;
  /** What was left behind or has to be looked at, a sentence each. */
  readonly notes: readonly string[];
}

const fileName = "feast.ts";

/**
 * Writes `feast.ts` in a repository: definitions made of a Feast registry, which is a registry file or a Feast repository.
 * @throws IcecoreError `ARGUMENT_INVALID` when there is none, or `feast.ts` is there already
 */
export async function importFeast(repo: string, path: string): Promise<FeastImport> {
  const registryPath = await findRegistry(resolve(path));
  const bytes = await readFile(registryPath).catch((cause) => {
    throw new IcecoreError("ARGUMENT_INVALID", `${registryPath}: no such file; run feast apply there first`, { cause });
  });
  const { definitions, notes } = carryOver(parseFeastRegistry(bytes, registryPath));
  if (definitions.featureViews.length === 0) {
    throw new IcecoreError("ARGUMENT_INVALID", `${registryPath} has no feature view that could be carried over`);
  }
  const file = join(repo, fileName);
  await writeFile(file, definitionSource(definitions), { flag: "wx" }).catch((cause) => {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new IcecoreError("ARGUMENT_INVALID", `${file} is there already; move it away to import again`, { cause });
  });
  return { file, definitions, notes };
}

/** Of a Feast repository, the registry is where its `feature_store.yaml` says. */
async function findRegistry(path: string): Promise<string> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) return path;
  const text = await readFile(join(path, "feature_store.yaml"), "utf8").catch((cause) => {
    throw new IcecoreError("ARGUMENT_INVALID", `${path} has no feature_store.yaml; name Feast's registry file`, {
      cause,
    });
  });
  const { registry } = (parse(text) ?? {}) as { readonly registry?: string | { readonly path?: string } };
  const registryPath = typeof registry === "string" ? registry : registry?.path;
  if (registryPath === undefined || /^\w+:\/\//.test(registryPath)) {
    throw new IcecoreError(
      "ARGUMENT_INVALID",
      `the registry of ${path} is no file on this machine (${registryPath ?? "not said"}); fetch it, and name the file`,
    );
  }
  return resolve(path, registryPath);
}
