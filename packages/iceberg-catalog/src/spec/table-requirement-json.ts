import { schemaId, snapshotId, sortOrderId, specId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { JsonReader } from "./json-reader.ts";
import type { TableRequirement } from "./table-requirement.ts";

export function parseTableRequirement(json: JsonReader): TableRequirement {
  const type = json.field("type").string();
  switch (type) {
    case "assert-create":
      return { type };
    case "assert-table-uuid":
      return { type, uuid: json.field("uuid").string() };
    case "assert-ref-snapshot-id": {
      const id = json.optional("snapshot-id")?.long();
      return { type, ref: json.field("ref").string(), snapshotId: id === undefined ? null : snapshotId(id) };
    }
    case "assert-last-assigned-field-id":
      return { type, lastAssignedFieldId: json.field("last-assigned-field-id").integer() };
    case "assert-current-schema-id":
      return { type, currentSchemaId: schemaId(json.field("current-schema-id").integer()) };
    case "assert-last-assigned-partition-id":
      return { type, lastAssignedPartitionId: json.field("last-assigned-partition-id").integer() };
    case "assert-default-spec-id":
      return { type, defaultSpecId: specId(json.field("default-spec-id").integer()) };
    case "assert-default-sort-order-id":
      return { type, defaultSortOrderId: sortOrderId(json.field("default-sort-order-id").integer()) };
    default:
      throw json.invalid(`"${type}" is no requirement of a table`);
  }
}

export function tableRequirementToJson(requirement: TableRequirement): JsonObject {
  const { type } = requirement;
  switch (type) {
    case "assert-create":
      return { type };
    case "assert-table-uuid":
      return { type, uuid: requirement.uuid };
    case "assert-ref-snapshot-id":
      return { type, ref: requirement.ref, "snapshot-id": requirement.snapshotId };
    case "assert-last-assigned-field-id":
      return { type, "last-assigned-field-id": BigInt(requirement.lastAssignedFieldId) };
    case "assert-current-schema-id":
      return { type, "current-schema-id": BigInt(requirement.currentSchemaId) };
    case "assert-last-assigned-partition-id":
      return { type, "last-assigned-partition-id": BigInt(requirement.lastAssignedPartitionId) };
    case "assert-default-spec-id":
      return { type, "default-spec-id": BigInt(requirement.defaultSpecId) };
    case "assert-default-sort-order-id":
      return { type, "default-sort-order-id": BigInt(requirement.defaultSortOrderId) };
  }
}
