import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import * as featureRegistry from "@icecore/feature-registry";
import {
  type Definition,
  type Definitions,
  type Finding,
  findingText,
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
      if (isDefinition(exported)) found.set(JSON.stringify(exported, withBigints), exported);
    }
  }
  const definitions = groupDefinitions([...found.values()]);
  const findings = validateDefinitions(definitions);
  if (findings.length > 0) throw new IcecoreError("DEFINITIONS_INVALID", await locatedText(directory, findings));
  return definitions;
}

/** Findings about the definitions of a repository, a line each, with file and line where the files spell them out. */
export async function locatedText(directory: string, findings: readonly Finding[]): Promise<string> {
  const paths = await definitionFiles(directory);
  const files = await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })));
  const lines = findings.map((finding) => {
    const place = locateFinding(finding, files);
    return `${place === undefined ? "" : `${place}: `}${findingText(finding)}`;
  });
  return lines.join("\n");
}

/** JSON has no bigints, and what is wrong about one is said later. */
function withBigints(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
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
    const message = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new IcecoreError("DEFINITIONS_INVALID", `${placeOf(cause, file)}: ${message?.trim()}`, { cause });
  }
}

/**
 * Where in the repository it was, which may be in a file that `file` imports: a parser says so in the second line of its
 * message, what throws in its stack.
 */
function placeOf(error: unknown, file: string): string {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : "";
  const directory = dirname(file);
  const places = text.split(directory).slice(1);
  const [, name, line] = places.map((place) => /^([^:\n]+\.m?ts):(\d+):\d+/.exec(place)).find(Boolean) ?? [];
  return name === undefined ? file : `${directory}${name}:${line}`;
}

function isDefinition(value: unknown): value is Definition {
  if (value === null || typeof value !== "object" || !("kind" in value) || !("name" in value)) return false;
  return ["entity", "data_source", "feature_view", "feature_service"].includes(String(value.kind));
}
