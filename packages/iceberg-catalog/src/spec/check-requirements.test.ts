import { expect, test } from "vitest";
import { checkRequirements } from "./check-requirements.ts";
import { fieldId, schemaId, snapshotId, sortOrderId, specId, timestampMs } from "./ids.ts";
import { newTableMetadata } from "./table-metadata-new.ts";
import type { TableRequirement } from "./table-requirement.ts";

const table = newTableMetadata(
  {
    location: "file:///w/t",
    schema: {
      schemaId: schemaId(0),
      identifierFieldIds: [],
      fields: [{ id: fieldId(1), name: "a", required: true, type: { kind: "long" } }],
    },
  },
  "uuid-1",
  timestampMs(0),
);

const cases: readonly (readonly [holds: TableRequirement, broken: TableRequirement, message: string])[] = [
  [
    { type: "assert-table-uuid", uuid: "uuid-1" },
    { type: "assert-table-uuid", uuid: "uuid-2" },
    "UUID does not match: expected uuid-2, found uuid-1",
  ],
  [
    { type: "assert-ref-snapshot-id", ref: "main", snapshotId: null },
    { type: "assert-ref-snapshot-id", ref: "main", snapshotId: snapshotId(5n) },
    "ref main has changed: expected 5, found none",
  ],
  [
    { type: "assert-last-assigned-field-id", lastAssignedFieldId: 1 },
    { type: "assert-last-assigned-field-id", lastAssignedFieldId: 2 },
    "last assigned field id changed: expected 2, found 1",
  ],
  [
    { type: "assert-current-schema-id", currentSchemaId: schemaId(0) },
    { type: "assert-current-schema-id", currentSchemaId: schemaId(1) },
    "current schema changed: expected 1, found 0",
  ],
  [
    { type: "assert-last-assigned-partition-id", lastAssignedPartitionId: 999 },
    { type: "assert-last-assigned-partition-id", lastAssignedPartitionId: 1000 },
    "last assigned partition id changed: expected 1000, found 999",
  ],
  [
    { type: "assert-default-spec-id", defaultSpecId: specId(0) },
    { type: "assert-default-spec-id", defaultSpecId: specId(1) },
    "default partition spec changed: expected 1, found 0",
  ],
  [
    { type: "assert-default-sort-order-id", defaultSortOrderId: sortOrderId(0) },
    { type: "assert-default-sort-order-id", defaultSortOrderId: sortOrderId(1) },
    "default sort order changed: expected 1, found 0",
  ],
];

test.each(cases)("%o holds, %o does not", (holds, broken, message) => {
  checkRequirements(table, [holds]);
  expect(() => checkRequirements(table, [holds, broken])).toThrow(
    expect.objectContaining({
      code: "COMMIT_CONFLICT",
      message: `Requirement failed: ${message}; refresh the table and try again`,
    }),
  );
});

test("a table that exists cannot be created", () => {
  expect(() => checkRequirements(table, [{ type: "assert-create" }])).toThrow(
    expect.objectContaining({ code: "ALREADY_EXISTS" }),
  );
});
