import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { didYouMean } from "@icecore/feature-registry";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { IcecoreError } from "../errors.ts";
import { configSchema, type FeatureStoreConfig } from "./config.ts";
import { knownKeys } from "./config-sections.ts";

const configFileName = "feature_store.yaml";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the `feature_store.yaml` of a feature repository; `${NAME}` becomes the environment variable of that name.
 * @throws IcecoreError `CONFIG_NOT_FOUND`, or `CONFIG_INVALID` with every finding
 */
export async function loadConfig(directory: string, environment: Environment): Promise<FeatureStoreConfig> {
  const path = join(resolve(directory), configFileName);
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new IcecoreError(
      "CONFIG_NOT_FOUND",
      `no ${configFileName} in ${resolve(directory)}; go to a feature repository, name one with --repo, or make one with icecore init`,
      { cause },
    );
  });
  return parseConfig(text, path, environment);
}

/** Parses the text of a `feature_store.yaml`; `path` names it in messages. */
export function parseConfig(text: string, path: string, environment: Environment): FeatureStoreConfig {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault !== undefined) throw new IcecoreError("CONFIG_INVALID", `${path}: ${fault.message.split("\n")[0]}`);
  const parsed = configSchema.safeParse(expandVariables(document.toJS() ?? {}, path, environment));
  if (parsed.success) return parsed.data;
  throw new IcecoreError(
    "CONFIG_INVALID",
    parsed.error.issues.map((issue) => `${path}: ${describeIssue(issue)}`).join("\n"),
  );
}

function expandVariables(value: unknown, path: string, environment: Environment): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = environment[name];
      if (found !== undefined) return found;
      throw new IcecoreError("CONFIG_INVALID", `${path}: the environment variable ${name} is not set`);
    });
  }
  if (Array.isArray(value)) return value.map((item) => expandVariables(item, path, environment));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandVariables(item, path, environment)]),
  );
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const section = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return section === "" ? issue.message : `${section}: ${issue.message}`;
  const prefix = section === "" ? "" : `${section}.`;
  return issue.keys.map((key) => `unknown key "${prefix}${key}"${didYouMean(key, knownKeys(issue.path))}`).join("; ");
}
