import { type ConfigNode, configJsonSchema } from "../config/config-sections.ts";
import { code, generatedPage, table } from "./markdown.ts";

/** `docs/reference/config.md`: every key of `feature_store.yaml`. */
export function configReference(): string {
  return generatedPage("Configuration: feature_store.yaml", "packages/api/src/config/config.ts", [
    `The file lies in the feature repository. ${code("$" + "{NAME}")} is the environment variable of that name. An unknown key is an error. ${code("project")} alone is enough: then everything runs on this machine.`,
    ...sections("", configJsonSchema()),
  ]);
}

/** A section for each object: its keys first, then the sections inside it. */
function sections(path: string, node: ConfigNode): readonly string[] {
  if (node.items !== undefined) return sections(`${path}[]`, node.items);
  if (node.oneOf !== undefined) return node.oneOf.flatMap((shape) => shapeSections(path, shape, typeOf(shape)));
  return node.properties === undefined ? [] : shapeSections(path, node);
}

function shapeSections(path: string, { properties = {}, required = [] }: ConfigNode, type?: string): readonly string[] {
  const title = path === "" ? "The file" : `${code(path)}${type === undefined ? "" : `, ${code(`type: ${type}`)}`}`;
  const rows = Object.entries(properties).map(([key, node]) => [
    code(key),
    kindOf(node),
    required.includes(key) ? "required" : defaultOf(node),
    node.description ?? "",
  ]);
  const prefix = path === "" ? "" : `${path}.`;
  return [
    `## ${title}`,
    table(["key", "value", "default", "what it is"], rows),
    ...Object.entries(properties).flatMap(([key, node]) => sections(`${prefix}${key}`, node)),
  ];
}

function typeOf({ properties }: ConfigNode): string | undefined {
  const type = properties?.["type"]?.const;
  return type === undefined ? undefined : String(type);
}

function kindOf(node: ConfigNode): string {
  if (node.const !== undefined) return code(String(node.const));
  if (node.enum !== undefined) return node.enum.map((value) => code(String(value))).join(", ");
  if (node.items !== undefined) return node.items.properties === undefined ? `list of ${kindOf(node.items)}` : "list";
  if (node.oneOf !== undefined || node.properties !== undefined) return "section";
  return node.type === "object" ? "texts by name" : (names[node.type ?? ""] ?? "text");
}

const names: Readonly<Record<string, string>> = { string: "text", integer: "whole number", boolean: "true or false" };

/** Defaults that are sections are told by those of their own keys. */
function defaultOf({ default: value }: ConfigNode): string {
  if (value === undefined) return "";
  if (typeof value !== "object" || value === null) return code(String(value));
  return "type" in value ? code(`type: ${String(value.type)}`) : "";
}
