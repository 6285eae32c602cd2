import {
  type IcebergType,
  isPrimitive,
  type PrimitiveType,
  parseType,
  simplePrimitives,
} from "@icecore/iceberg-catalog";
import type { NestedTypeName } from "./nested-type.ts";

/** A type whose values have nothing inside, by its Iceberg name. */
export type PrimitiveTypeName =
  | "boolean"
  | "int"
  | "long"
  | "float"
  | "double"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "string"
  | "uuid"
  | "binary"
  | `decimal(${number}, ${number})`;

/**
 * A feature's type, by its Iceberg name. Nested types are best made by `list`, `map` and `struct`; their text means the same:
 * `list<float>`, `map<string, double>`, `struct<lat: double, lon: double>`.
 */
export type FeatureTypeName =
  | PrimitiveTypeName
  | `list<${string}>`
  | `map<${string}>`
  | `struct<${string}>`
  | NestedTypeName<unknown>;

/** Types that can identify an entity: those that Feast's entity keys can carry. */
export const keyTypes = ["string", "int", "long", "timestamptz", "binary"] as const;
export type KeyTypeName = (typeof keyTypes)[number];

/** Types a definition may name, for messages. */
export const featureTypeNames: readonly string[] = [
  ...simplePrimitives,
  "decimal(precision, scale)",
  "list<type>",
  "map<key, value>",
  "struct<name: type, ...>",
];

/** The Iceberg type of that name; undefined when there is none. `fixed` is left to tables made elsewhere. */
export function featureType(name: string): IcebergType | undefined {
  const type = parseType(name);
  return type === undefined || holdsFixed(type) ? undefined : type;
}

/** The type of a join key. */
export function keyType(name: KeyTypeName): PrimitiveType {
  return { kind: name };
}

function holdsFixed(type: IcebergType): boolean {
  if (isPrimitive(type)) return type.kind === "fixed";
  if (type.kind === "struct") return type.fields.some((field) => holdsFixed(field.type));
  return type.kind === "list" ? holdsFixed(type.element) : holdsFixed(type.key) || holdsFixed(type.value);
}
