import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as featureRegistry from "@icecore/feature-registry";
import {
  type Definition,
  type Definitions,
  type Finding,
  groupDefinitions,
  validateDefinitions,
} from "@icecore/feature-registry";
import { createJiti } from "jiti";
import { IcecoreError } from "../errors.ts";
import { locateFinding } from "./locate-finding.ts";

/**
 * Loads the definitions that the TypeScript files of a feature repository export, and checks them. They run with the
 * packages of this installation, so a repository needs no `npm install` of its own.
 * @throws IcecoreError `DEFINITIONS_INVALID` with everything that is wrong, file and line of each
 */
export async function loadDefinitions(directory: string): Promise<Definitions> {
  const files = await definitionFiles(directory);
  const virtualModules = { "@icecore/feature-registry": featureRegistry };
  const jiti = createJiti(import.meta.url, { virtualModules, moduleCache: false, fsCache: false });
  const found = new Map<string, Definition>();
  for (const file of files) {
    for (const exported of Object.values(await importFile(jiti, file))) {
      // A file that several others import is run once for each of them: what is equal is the same definition.
      if (isDefinition(exported)) found.set(JSON.stringify(exported), exported);
    }
  }
  const definitions = groupDefinitions([...found.values()]);
  await refuseFindings(validateDefinitions(definitions), files);
  return definitions;
}

async function refuseFindings(findings: readonly Finding[], paths: readonly string[]): Promise<void> {
  if (findings.length === 0) return;
  const files = await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })));
  const lines = findings.map((finding) => {
    const place = locateFinding(finding, files);
    return `${place === undefined ? "" : `${place}: `}${finding.where}: ${finding.message}`;
  });
  throw new IcecoreError("DEFINITIONS_INVALID", lines.join("\n"));
}

/** The files that can hold definitions: the TypeScript files directly in the repository. */
export async function definitionFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(resolve(directory));
  return names
    .filter((name) => /\.m?ts$/.test(name) && !/\.(test|d|config)\.m?ts$/.test(name))
    .sort()
    .map((name) => join(resolve(directory), name));
}

async function importFile(jiti: ReturnType<typeof createJiti>, file: string): Promise<Record<string, unknown>> {
  try {
    return await jiti.import<Record<string, unknown>>(file);
  } catch (cause) {
    const message = cause instanceof Error ? oneLine(cause.message) : String(cause);
    throw new IcecoreError("DEFINITIONS_INVALID", `${file}: ${message}`, { cause });
  }
}

/** A parser's message says where in its second line. */
function oneLine(message: string): string {
  const [what = "", where = ""] = message.split("\n").map((line) => line.trim());
  const place = /:(\d+:\d+)$/.exec(where)?.[1];
  return place === undefined ? what : `${what} at ${place}`;
}

function isDefinition(value: unknown): value is Definition {
  if (value === null || typeof value !== "object" || !("kind" in value) || !("name" in value)) return false;
  return ["entity", "data_source", "feature_view", "feature_service"].includes(String(value.kind));
}
