import { expect, test } from "vitest";
import { fieldId, schemaId, sequenceNumber, snapshotId, sortOrderId, specId, timestampMs } from "./ids.ts";
import { parseJson, stringifyJson } from "./json.ts";
import { JsonReader } from "./json-reader.ts";
import type { TableRequirement } from "./table-requirement.ts";
import { parseTableRequirement, tableRequirementToJson } from "./table-requirement-json.ts";
import { lastAdded, type TableUpdate } from "./table-update.ts";
import { parseTableUpdate, tableUpdateToJson } from "./table-update-json.ts";

const id = snapshotId(9223372036854775807n);

const updates: readonly TableUpdate[] = [
  { action: "assign-uuid", uuid: "u" },
  { action: "upgrade-format-version", formatVersion: 2 },
  { action: "add-schema", schema: { schemaId: schemaId(1), fields: [], identifierFieldIds: [] } },
  { action: "set-current-schema", schemaId: lastAdded },
  {
    action: "add-spec",
    spec: { specId: specId(4), fields: [{ sourceId: fieldId(1), name: "d", transform: { kind: "day" } }] },
  },
  { action: "set-default-spec", specId: specId(3) },
  { action: "add-sort-order", sortOrder: { orderId: sortOrderId(1), fields: [] } },
  { action: "set-default-sort-order", sortOrderId: lastAdded },
  {
    action: "add-snapshot",
    snapshot: {
      snapshotId: id,
      parentSnapshotId: snapshotId(1n),
      sequenceNumber: sequenceNumber(5n),
      timestampMs: timestampMs(1735689600000),
      manifestList: "file:///m.avro",
      summary: { operation: "delete", properties: { "deleted-records": "1" } },
      schemaId: schemaId(0),
    },
  },
  { action: "set-snapshot-ref", refName: "main", ref: { type: "branch", snapshotId: id, maxSnapshotAgeMs: 5 } },
  { action: "remove-snapshots", snapshotIds: [id] },
  { action: "remove-snapshot-ref", refName: "old" },
  { action: "set-location", location: "file:///t" },
  { action: "set-properties", updates: { a: "b" } },
  { action: "remove-properties", removals: ["a"] },
  { action: "set-statistics", statistics: { "snapshot-id": id } },
  { action: "remove-statistics", snapshotId: id },
  { action: "set-partition-statistics", partitionStatistics: { "snapshot-id": id } },
  { action: "remove-partition-statistics", snapshotId: id },
  { action: "remove-partition-specs", specIds: [specId(1)] },
  { action: "remove-schemas", schemaIds: [schemaId(1)] },
];

test.each(updates.map((update) => [update.action, update] as const))("update %s survives the wire", (_, update) => {
  const text = stringifyJson(tableUpdateToJson(update));
  expect(parseTableUpdate(new JsonReader(parseJson(text)))).toEqual(update);
});

const requirements: readonly TableRequirement[] = [
  { type: "assert-create" },
  { type: "assert-table-uuid", uuid: "u" },
  { type: "assert-ref-snapshot-id", ref: "main", snapshotId: id },
  { type: "assert-ref-snapshot-id", ref: "main", snapshotId: null },
  { type: "assert-last-assigned-field-id", lastAssignedFieldId: 3 },
  { type: "assert-current-schema-id", currentSchemaId: schemaId(0) },
  { type: "assert-last-assigned-partition-id", lastAssignedPartitionId: 999 },
  { type: "assert-default-spec-id", defaultSpecId: specId(0) },
  { type: "assert-default-sort-order-id", defaultSortOrderId: sortOrderId(0) },
];

test.each(requirements.map((requirement) => [requirement.type, requirement] as const))(
  "requirement %s survives the wire",
  (_, requirement) => {
    const text = stringifyJson(tableRequirementToJson(requirement));
    expect(parseTableRequirement(new JsonReader(parseJson(text)))).toEqual(requirement);
  },
);

test("a ref that must not exist is a null that is written", () => {
  const json = tableRequirementToJson({ type: "assert-ref-snapshot-id", ref: "main", snapshotId: null });
  expect(stringifyJson(json)).toBe('{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":null}');
});

test("a spec without an id has one on the wire, since there are catalogs that read no other", () => {
  const json = tableUpdateToJson({ action: "add-spec", spec: { fields: [] } });
  expect(stringifyJson(json)).toBe('{"action":"add-spec","spec":{"spec-id":0,"fields":[]}}');
});

test("what is not known is refused by name", () => {
  expect(() => parseTableUpdate(new JsonReader({ action: "paint" }))).toThrow('$: "paint" is no update of a table');
  expect(() => parseTableRequirement(new JsonReader({ type: "assert-mood" }))).toThrow(
    '"assert-mood" is no requirement',
  );
});
