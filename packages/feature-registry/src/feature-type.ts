import { type PrimitiveType, parsePrimitive, simplePrimitives } from "@icecore/iceberg-catalog";

/** A feature's type, by its Iceberg name. */
export type FeatureTypeName =
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

/** Types that can identify an entity: those that Feast's entity keys can carry. */
export const keyTypes = ["string", "int", "long", "timestamptz", "binary"] as const;
export type KeyTypeName = (typeof keyTypes)[number];

/** Types a definition may name, for messages. */
export const featureTypeNames: readonly string[] = [...simplePrimitives, "decimal(precision, scale)"];

/** The Iceberg type of that name; undefined when there is none. `fixed` is left to tables made elsewhere. */
export function featureType(name: string): PrimitiveType | undefined {
  const type = parsePrimitive(name);
  return type?.kind === "fixed" ? undefined : type;
}

/** What a value of each type is in TypeScript: 64-bit integers are bigint, timestamps are Date. */
export type FeatureValue<T extends string> = T extends "boolean"
  ? boolean
  : T extends "int" | "float" | "double"
    ? number
    : T extends "long" | "time"
      ? bigint
      : T extends "timestamp" | "timestamptz" | "date"
        ? Date
        : T extends "binary"
          ? Uint8Array
          : string;
