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
    if (cause.code !== "ENOENT" && cause.code !== "ENOTDIR")
      throw new IcecoreError("CONFIG_NOT_FOUND", `${path} cannot be read (${cause.code})`, { cause });
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
  const parsed = configSchema.safeParse(expandVariables(parseYaml(text, path) ?? {}, path, environment));
  if (parsed.success) return parsed.data;
  throw new IcecoreError(
    "CONFIG_INVALID",
    parsed.error.issues.map((issue) => `${path}: ${describeIssue(issue)}`).join("\n"),
  );
}

function parseYaml(text: string, path: string): unknown {
  const document = parseDocument(text);
  try {
    const [fault] = document.errors;
    if (fault !== undefined) throw fault;
    // An alias of what is not there is found by now only.
    return document.toJS();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new IcecoreError("CONFIG_INVALID", `${path}: ${message?.replace(/:$/, "")}`, { cause });
  }
}

function expandVariables(value: unknown, path: string, environment: Environment): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = environment[name];
      if (found !== undefined) return found;
      throw new IcecoreError(
        "CONFIG_INVALID",
        `${path}: the environment variable ${name} is not set; set it, or write a value in its place`,
      );
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
  if (issue.code === "invalid_type" && issue.message.endsWith("undefined")) return `${section} is missing`;
  if (issue.code !== "unrecognized_keys") return section === "" ? wordsOf(issue) : `${section}: ${wordsOf(issue)}`;
  const prefix = section === "" ? "" : `${section}.`;
  return issue.keys.map((key) => `unknown key "${prefix}${key}"${didYouMean(key, knownKeys(issue.path))}`).join("; ");
}

/** What is said of a value, in our words where zod has others. */
function wordsOf({ code, message }: z.core.$ZodIssue): string {
  if (code === "invalid_type") {
    const quotes = message.includes("expected string") ? "; write it in quotes" : "";
    return message.replace(
      /^Invalid input: expected (\w+), received (\w+)$/,
      `has to be of type $1, and is $2${quotes}`,
    );
  }
  return message.replace(/^Invalid (option|discriminator value)[:.] (expected one of|Expected) /, "is none of ");
}
