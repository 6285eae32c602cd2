import { IcebergError } from "../errors.ts";
import { fieldId, schemaId } from "./ids.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { JsonReader } from "./json-reader.ts";
import { omitUndefined } from "./omit-undefined.ts";
import type { Schema } from "./schema.ts";
import { schemaProblem } from "./schema-problem.ts";
import { type IcebergType, type NestedField, parsePrimitive, typeToString } from "./types.ts";

const typesOfLaterFormats = /^(unknown|variant|timestamp_ns|timestamptz_ns|geometry|geography)\b/;

/** Reads a schema (spec, "Appendix C"); names, ids and identifier fields are checked. @throws IcebergError `METADATA_INVALID` */
export function parseSchema(json: JsonReader): Schema {
  const schema: Schema = {
    schemaId: schemaId(json.optional("schema-id")?.integer() ?? 0),
    fields: json.field("fields").array().map(parseField),
    identifierFieldIds: json.items("identifier-field-ids").map((id) => fieldId(id.integer())),
  };
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw json.invalid(problem);
  return schema;
}

export function schemaToJson(schema: Schema): JsonObject {
  return {
    type: "struct",
    "schema-id": BigInt(schema.schemaId),
    ...(schema.identifierFieldIds.length > 0 && { "identifier-field-ids": schema.identifierFieldIds.map(BigInt) }),
    fields: schema.fields.map(fieldToJson),
  };
}

/** Reads a type: the name of a primitive, or an object for a nested one. */
function parseType(json: JsonReader): IcebergType {
  if (typeof json.value === "string") return parsePrimitiveType(json);
  const kind = json.field("type").string();
  switch (kind) {
    case "struct":
      return { kind, fields: json.field("fields").array().map(parseField) };
    case "list":
      return {
        kind,
        elementId: fieldId(json.field("element-id").integer()),
        element: parseType(json.field("element")),
        elementRequired: json.field("element-required").boolean(),
      };
    case "map":
      return {
        kind,
        keyId: fieldId(json.field("key-id").integer()),
        key: parseType(json.field("key")),
        valueId: fieldId(json.field("value-id").integer()),
        value: parseType(json.field("value")),
        valueRequired: json.field("value-required").boolean(),
      };
    default:
      throw json.invalid(`"${kind}" is no nested type`);
  }
}

function typeToJson(type: IcebergType): JsonValue {
  switch (type.kind) {
    case "struct":
      return { type: "struct", fields: type.fields.map(fieldToJson) };
    case "list":
      return {
        type: "list",
        "element-id": BigInt(type.elementId),
        element: typeToJson(type.element),
        "element-required": type.elementRequired,
      };
    case "map":
      return {
        type: "map",
        "key-id": BigInt(type.keyId),
        key: typeToJson(type.key),
        "value-id": BigInt(type.valueId),
        value: typeToJson(type.value),
        "value-required": type.valueRequired,
      };
    default:
      return typeToString(type);
  }
}

function parsePrimitiveType(json: JsonReader): IcebergType {
  const name = json.string();
  const type = parsePrimitive(name);
  if (type !== undefined) return type;
  if (!typesOfLaterFormats.test(name)) throw json.invalid(`"${name}" is no type`);
  throw new IcebergError(
    "UNSUPPORTED",
    `${json.path}: the type ${name} needs format version 3, which is not supported`,
  );
}

function parseField(json: JsonReader): NestedField {
  return omitUndefined({
    id: fieldId(json.field("id").integer()),
    name: json.field("name").string(),
    required: json.field("required").boolean(),
    type: parseType(json.field("type")),
    doc: json.optional("doc")?.string(),
  });
}

function fieldToJson(field: NestedField): JsonObject {
  return {
    id: BigInt(field.id),
    name: field.name,
    required: field.required,
    type: typeToJson(field.type),
    doc: field.doc,
  };
}
