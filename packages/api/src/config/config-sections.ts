import { z } from "zod";
import { configSchema } from "./config.ts";

/** The little of JSON Schema that the configuration's is made of. */
export interface ConfigNode {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, ConfigNode>>;
  readonly required?: readonly string[];
  readonly items?: ConfigNode;
  readonly oneOf?: readonly ConfigNode[];
}

/** What `feature_store.yaml` may say, as JSON Schema. */
export function configJsonSchema(): ConfigNode {
  return z.toJSONSchema(configSchema, { io: "input" }) as ConfigNode;
}

/** The keys that a section may have, in any of its types; to name the nearest one to a misspelt key. */
export function knownKeys(section: readonly PropertyKey[]): readonly string[] {
  const shapes = shapesAt(configJsonSchema(), section);
  return [...new Set(shapes.flatMap(({ properties = {} }) => Object.keys(properties)))];
}

function shapesAt(node: ConfigNode, [key, ...rest]: readonly PropertyKey[]): readonly ConfigNode[] {
  const shapes = node.oneOf ?? [node];
  if (key === undefined) return shapes;
  const inside = shapes.map(({ items, properties }) => (typeof key === "number" ? items : properties?.[String(key)]));
  return inside.flatMap((next) => (next === undefined ? [] : shapesAt(next, rest)));
}
