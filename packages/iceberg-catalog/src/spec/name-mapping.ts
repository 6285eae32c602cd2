import { type FieldId, fieldId } from "./ids.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { parseJson, stringifyJson } from "./json.ts";
import { JsonReader } from "./json-reader.ts";
import { childFields, type Schema } from "./schema.ts";
import type { NestedField } from "./types.ts";

/** Table property: how columns are found in files that have no field ids (spec, "Column Projection"). */
export const nameMappingProperty = "schema.name-mapping.default";

/** What a field may be called in such files. Names are literal: a dot in one leads nowhere. */
export interface MappedField {
  /** Absent: what is called so is no column, but fields inside may be. */
  readonly fieldId?: FieldId;
  readonly names: readonly string[];
  readonly fields: readonly MappedField[];
}

export type NameMapping = readonly MappedField[];

/** @throws IcebergError `METADATA_INVALID` */
export function parseNameMapping(text: string): NameMapping {
  return new JsonReader(parseJson(text), `property ${nameMappingProperty}`).array().map(parseMappedField);
}

export function nameMappingToString(mapping: NameMapping): string {
  return stringifyJson(mapping.map(mappedFieldToJson));
}

/** Every column under the name that it has. */
export function nameMappingOf(fields: readonly NestedField[]): NameMapping {
  return fields.map((field) => ({
    fieldId: field.id,
    names: [field.name],
    fields: nameMappingOf(childFields(field.type)),
  }));
}

/**
 * The mapping after a schema change: new columns are in it, renamed ones are found by their new name too, and a name that
 * went over to another column leads to that one alone. Dropped columns stay, so that their data stays theirs.
 */
export function evolveNameMapping(mapping: NameMapping, before: Schema, after: Schema): NameMapping {
  return evolveFields(mapping, before.fields, after.fields);
}

function evolveFields(
  mapping: NameMapping,
  before: readonly NestedField[],
  after: readonly NestedField[],
): NameMapping {
  const oldNames = new Map(before.map((field) => [field.id, field.name]));
  const changed = new Map(
    after.filter(({ id, name }) => oldNames.get(id) !== name).map((field) => [field.name, field.id]),
  );
  const evolved = mapping.map((mapped): MappedField => {
    const field = after.find(({ id }) => id === mapped.fieldId);
    const names = mapped.names.filter((name) => !changed.has(name) || changed.get(name) === mapped.fieldId);
    if (field === undefined) return { ...mapped, names };
    const inside = before.find(({ id }) => id === field.id);
    const isRenamed = changed.has(field.name) && !names.includes(field.name);
    return {
      ...mapped,
      names: isRenamed ? [...names, field.name] : names,
      fields: evolveFields(mapped.fields, inside ? childFields(inside.type) : [], childFields(field.type)),
    };
  });
  const mappedIds = new Set(mapping.map((mapped) => mapped.fieldId));
  return [...evolved, ...nameMappingOf(after.filter(({ id }) => !oldNames.has(id) && !mappedIds.has(id)))];
}

function parseMappedField(json: JsonReader): MappedField {
  const id = json.optional("field-id")?.integer();
  return {
    ...(id !== undefined && { fieldId: fieldId(id) }),
    names: json.field("names").strings(),
    fields: json.items("fields").map(parseMappedField),
  };
}

function mappedFieldToJson({ fieldId: id, names, fields }: MappedField): JsonValue {
  const json: JsonObject = {
    ...(id !== undefined && { "field-id": BigInt(id) }),
    names: [...names],
    ...(fields.length > 0 && { fields: fields.map(mappedFieldToJson) }),
  };
  return json;
}
