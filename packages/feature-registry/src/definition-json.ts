import { z } from "zod";
import { type Definition, partitionGranularities } from "./definitions.ts";
import { RegistryError } from "./errors.ts";
import { keyTypes } from "./feature-type.ts";

const described = {
  name: z.string(),
  description: z.string(),
  owner: z.string(),
  tags: z.record(z.string(), z.string()),
};
const joinKey = z.object({ name: z.string(), type: z.enum(keyTypes) });
const entity = z.object({ kind: z.literal("entity"), ...described, joinKeys: z.array(joinKey) });
const feature = z.object({
  name: z.string(),
  type: z.string(),
  description: z.string().optional(),
  default: z.union([z.boolean(), z.number(), z.string()]).optional(),
  renamedFrom: z.string().optional(),
});
const fieldMapping = z.record(z.string(), z.string());
const viewSource = z.object({ name: z.string(), table: z.string(), fieldMapping });
const dataSource = z.object({ kind: z.literal("data_source"), ...described, table: z.string(), fieldMapping });
const featureView = z.object({
  kind: z.literal("feature_view"),
  ...described,
  entities: z.array(z.string()),
  joinKeys: z.array(joinKey),
  features: z.array(feature),
  ttlSeconds: z.number().int().positive().optional(),
  timestampField: z.string(),
  createdTimestampColumn: z.string(),
  online: z.boolean(),
  partitionBy: z.enum(partitionGranularities),
  source: viewSource.optional(),
  pushSource: z.string().optional(),
});
const projection = z.object({
  view: z.string(),
  alias: z.string().optional(),
  features: z.array(z.string()),
  joinKeyMap: z.record(z.string(), z.string()),
});
const featureService = z.object({ kind: z.literal("feature_service"), ...described, projections: z.array(projection) });
const definition = z.discriminatedUnion("kind", [entity, dataSource, featureView, featureService]);

/**
 * What of a definition is missing or of another type than its interface says: definitions run unchecked, so that a
 * wrong value would be found in the registry only.
 */
export function shapeProblems(value: Definition): readonly string[] {
  const parsed = definition.safeParse(value);
  const issues = parsed.success ? [] : parsed.error.issues;
  // What has the right type and is none of the values there are has messages of its own.
  return issues
    .filter(({ code }) => code === "invalid_type" || code === "invalid_union")
    .map(({ path }) => shapeProblem(value, path));
}

function shapeProblem(definition: Definition, path: readonly PropertyKey[]): string {
  let value: unknown = definition;
  const names = path.map((key) => {
    value = memberOf(value, key);
    return typeof key === "number" ? String(memberOf(value, "name") ?? key) : key;
  });
  const where = `"${names.join(".")}"`;
  if (value === undefined || value === null) return `${where} is missing`;
  return `${where} is a ${typeof value}, and that is not what it takes; see the type of the define function`;
}

const memberOf = (value: unknown, key: PropertyKey): unknown =>
  value === null || typeof value !== "object" ? undefined : (value as Readonly<Record<PropertyKey, unknown>>)[key];

/** The registry's text of a definition: JSON with members in a fixed order, so equal definitions are equal texts. */
export function definitionToJson(value: Definition): string {
  return JSON.stringify(definition.parse(value), sortedKeys);
}

/** Reads the registry's text of a definition. @throws RegistryError `DEFINITION_INVALID` */
export function definitionFromJson(text: string): Definition {
  try {
    return definition.parse(JSON.parse(text));
  } catch (cause) {
    throw new RegistryError(
      "DEFINITION_INVALID",
      "the registry holds a definition that this version does not understand; upgrade icecore",
      { cause },
    );
  }
}

/** What users name the members of is the same in any order. */
function sortedKeys(key: string, value: unknown): unknown {
  if (!["tags", "joinKeyMap", "fieldMapping"].includes(key) || value === null || typeof value !== "object")
    return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
