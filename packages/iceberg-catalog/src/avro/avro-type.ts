import { IcebergError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";

/** A writer's schema with its names resolved; Iceberg's ids are kept, docs and defaults are not. */
export type AvroType =
  | AvroPrimitive
  | { readonly kind: "fixed"; readonly size: number; readonly logicalType?: string }
  | { readonly kind: "enum" }
  | { readonly kind: "array"; readonly items: AvroType }
  | { readonly kind: "map"; readonly values: AvroType }
  | { readonly kind: "union"; readonly branches: readonly AvroType[] }
  | AvroRecord;

interface AvroPrimitive {
  readonly kind: (typeof primitiveNames)[number];
  readonly logicalType?: string;
}

interface AvroRecord {
  readonly kind: "record";
  readonly fields: readonly AvroField[];
}

interface AvroField {
  readonly name: string;
  readonly fieldId?: number;
  readonly type: AvroType;
}

const primitiveNames = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"] as const;

/**
 * Reads a writer's schema. What no Iceberg file has is refused, since a few bytes of it could stand for endless work:
 * records that are used again by their name, and arrays of what takes no bytes. @throws IcebergError `DATA_INVALID`
 */
export function parseAvroType(json: JsonValue): AvroType {
  const named = new Map<string, AvroType>();

  const parse = (node: JsonValue | undefined): AvroType => {
    if (typeof node === "string") return parseName(node);
    if (Array.isArray(node)) return { kind: "union", branches: node.map(parse) };
    if (isObject(node)) return parseObject(node);
    throw invalid(node);
  };

  const parseName = (name: string, logicalType?: JsonValue): AvroType => {
    const primitive = primitiveNames.find((candidate) => candidate === name);
    if (primitive === undefined) return named.get(name) ?? fail(name);
    return typeof logicalType === "string" ? { kind: primitive, logicalType } : { kind: primitive };
  };

  const parseObject = (node: JsonObject): AvroType => {
    switch (node["type"]) {
      case "record":
        return { kind: "record", fields: arrayOf(node["fields"]).map(parseField) };
      case "fixed": {
        const { size, logicalType } = { size: Number(node["size"]), logicalType: node["logicalType"] };
        if (!Number.isSafeInteger(size) || size < 0) throw invalid(node);
        return define(node, { kind: "fixed", size, ...(typeof logicalType === "string" && { logicalType }) });
      }
      case "enum":
        return define(node, { kind: "enum" });
      case "array":
        return { kind: "array", items: sized(parse(node["items"])) };
      case "map":
        return { kind: "map", values: parse(node["values"]) };
      default:
        return typeof node["type"] === "string" ? parseName(node["type"], node["logicalType"]) : parse(node["type"]);
    }
  };

  const parseField = (node: JsonValue): AvroField => {
    if (!isObject(node)) throw invalid(node);
    const id = node["field-id"];
    const field = { name: String(node["name"]), type: parse(node["type"]) };
    return id === undefined ? field : { ...field, fieldId: Number(id) };
  };

  const define = (node: JsonObject, type: AvroType): AvroType => {
    named.set(String(node["name"]), type);
    return type;
  };

  return parse(json);
}

function sized(type: AvroType): AvroType {
  return takesNoBytes(type) ? fail("an array of nothing") : type;
}

function takesNoBytes(type: AvroType): boolean {
  if (type.kind === "record") return type.fields.every((field) => takesNoBytes(field.type));
  return type.kind === "null" || (type.kind === "fixed" && type.size === 0);
}

const isObject = (node: JsonValue | undefined): node is JsonObject =>
  typeof node === "object" && node !== null && !Array.isArray(node);

const arrayOf = (node: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(node) ? node : fail(node));

const invalid = (node: JsonValue | undefined): IcebergError =>
  new IcebergError("DATA_INVALID", `not an Avro schema Icecore can read: ${String(node)}`);

function fail(node: JsonValue | undefined): never {
  throw invalid(node);
}
