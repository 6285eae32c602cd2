import { firstPartitionFieldId } from "./bind-partition-spec.ts";
import { fieldId, partitionFieldId, specId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { JsonReader } from "./json-reader.ts";
import { omitUndefined } from "./omit-undefined.ts";
import type { PartitionField, PartitionSpec } from "./partition-spec.ts";
import type { UnboundPartitionField, UnboundPartitionSpec } from "./table-update.ts";
import { parseTransform, transformToString } from "./transform.ts";

export function parsePartitionSpec(json: JsonReader): PartitionSpec {
  return { specId: specId(json.field("spec-id").integer()), fields: parsePartitionFields(json.field("fields")) };
}

/** Reads the bare list of fields, which is all of version 1's `partition-spec`; ids it leaves out go by position. */
export function parsePartitionFields(json: JsonReader): readonly PartitionField[] {
  return json.array().map((field, i) => {
    const { fieldId: id, ...unbound } = parseUnboundField(field);
    return { ...unbound, fieldId: id ?? partitionFieldId(firstPartitionFieldId + i) };
  });
}

/** Reads a spec as a client proposes it: the ids may be left to the server. */
export function parseUnboundPartitionSpec(json: JsonReader): UnboundPartitionSpec {
  const id = json.optional("spec-id")?.integer();
  return omitUndefined({
    specId: id === undefined ? undefined : specId(id),
    fields: json.field("fields").array().map(parseUnboundField),
  });
}

/** Java catalogs want an id of a proposed spec too, and give it another. */
export function partitionSpecToJson(spec: UnboundPartitionSpec): JsonObject {
  return {
    "spec-id": BigInt(spec.specId ?? 0),
    fields: spec.fields.map(partitionFieldToJson),
  };
}

export function partitionFieldToJson(field: UnboundPartitionField): JsonObject {
  return {
    "source-id": BigInt(field.sourceId),
    "field-id": field.fieldId === undefined ? undefined : BigInt(field.fieldId),
    name: field.name,
    transform: transformToString(field.transform),
  };
}

function parseUnboundField(json: JsonReader): UnboundPartitionField {
  const id = json.optional("field-id")?.integer();
  return omitUndefined({
    sourceId: fieldId(json.field("source-id").integer()),
    fieldId: id === undefined ? undefined : partitionFieldId(id),
    name: json.field("name").string(),
    transform: parseTransform(json.field("transform").string()),
  });
}
