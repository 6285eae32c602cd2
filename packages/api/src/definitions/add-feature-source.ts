import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { parse } from "@babel/parser";
import type { Feature } from "@icecore/feature-registry";
import { IcecoreError } from "../errors.ts";
import { definitionFiles } from "./load-definitions.ts";

/** A definition file with a feature added, not yet written. */
export interface EditedSource {
  readonly path: string;
  /** Writes the edit; the file changes whole or not at all. */
  write(): Promise<void>;
  /** Writes the text from before. */
  restore(): Promise<void>;
}

/**
 * Finds the `defineFeatureView({ name: "VIEW", ... })` of a repository and adds a feature at the end of its `features`.
 * The rest of the file keeps its text.
 * @throws IcecoreError `DEFINITIONS_INVALID` when no file spells the view's name and features out
 */
export async function addFeatureToSource(directory: string, view: string, feature: Feature): Promise<EditedSource> {
  for (const path of await definitionFiles(directory)) {
    const text = await readFile(path, "utf8");
    const edited = addFeature(text, view, feature);
    if (edited === undefined) continue;
    return { path, write: () => replaceFile(path, edited), restore: () => replaceFile(path, text) };
  }
  throw new IcecoreError(
    "DEFINITIONS_INVALID",
    `no file in ${directory} has defineFeatureView({ name: "${view}", features: { ... } }) spelt out; add the feature there by hand and run apply`,
  );
}

/** The text with the feature added; undefined when it does not define the view. */
export function addFeature(text: string, view: string, feature: Feature): string | undefined {
  const features = findFeatures(text, view);
  if (features === undefined) return undefined;
  const properties = features.properties ?? [];
  const last = properties.at(-1);
  const entry = `${feature.name}: ${featureLiteral(feature)}`;
  if (last?.end == null || features.end == null) return undefined;
  const first = properties[0]?.start ?? last.start ?? 0;
  const lineStart = text.lastIndexOf("\n", first) + 1;
  const onOneLine = text.slice(features.start ?? 0, features.end).indexOf("\n") < 0;
  const separator = onOneLine ? ", " : `,\n${text.slice(lineStart, first).match(/^\s*/)?.[0] ?? ""}`;
  const rest = text.slice(last.end);
  return `${text.slice(0, last.end)}${separator}${entry}${rest}`;
}

function featureLiteral({ type, description, default: value }: Feature): string {
  if (description === undefined && value === undefined) return JSON.stringify(type);
  const members = [`type: ${JSON.stringify(type)}`];
  if (description !== undefined) members.push(`description: ${JSON.stringify(description)}`);
  if (value !== undefined) members.push(`default: ${JSON.stringify(value)}`);
  return `{ ${members.join(", ")} }`;
}

/** The little of a syntax tree that is looked at. */
interface Node {
  readonly type: string;
  readonly start?: number | null;
  readonly end?: number | null;
  readonly name?: string;
  readonly value?: unknown;
  readonly key?: Node;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly properties?: readonly Node[];
}

function findFeatures(text: string, view: string): Node | undefined {
  const file = parse(text, { sourceType: "module", plugins: ["typescript"] });
  for (const call of calls(file.program)) {
    const [argument] = call.arguments ?? [];
    const name = property(argument, "name");
    if (name?.type === "StringLiteral" && name.value === view) return property(argument, "features");
  }
  return undefined;
}

function property(object: Node | undefined, name: string): Node | undefined {
  const found = object?.properties?.find((candidate) => candidate.key?.name === name || candidate.key?.value === name);
  return found?.value as Node | undefined;
}

function* calls(node: unknown): Generator<Node> {
  if (node === null || typeof node !== "object") return;
  const { type, callee } = node as Node;
  if (type === "CallExpression" && callee?.name === "defineFeatureView") yield node as Node;
  for (const child of Object.values(node)) yield* calls(child);
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
