import type { CreateTableRequest, TableCommit } from "../catalog/catalog.ts";
import { fieldId, schemaId, sequenceNumber, snapshotId, timestampMs } from "../spec/ids.ts";
import { tableCreation } from "../spec/table-creation.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";

/** A table of drivers, numbered otherwise than a catalog would. */
export const driversTable: CreateTableRequest = {
  schema: {
    schemaId: schemaId(7),
    identifierFieldIds: [],
    fields: [
      { id: fieldId(10), name: "driver_id", required: true, type: { kind: "long" } },
      { id: fieldId(20), name: "event_timestamp", required: true, type: { kind: "timestamptz" }, doc: "when ☃" },
    ],
  },
  partitionSpec: { fields: [{ sourceId: fieldId(20), name: "event_day", transform: { kind: "day" } }] },
  properties: { owner: "rides" },
};

/** A commit that creates a table like the given one, with a snapshot. */
export function creationCommit(template: TableMetadata): TableCommit {
  const tableUuid = "0e3f6d0e-0f6d-4f6b-a9fd-2f8a8f9d1c11";
  const location = `${template.location}-created`;
  return tableCreation({ ...template, tableUuid, location }, appendCommit(template, 5n).updates);
}

/** A commit that adds one snapshot on top of `main`, and only there. */
export function appendCommit(metadata: TableMetadata, id: bigint): TableCommit {
  return {
    requirements: [
      { type: "assert-table-uuid", uuid: metadata.tableUuid },
      { type: "assert-ref-snapshot-id", ref: "main", snapshotId: metadata.currentSnapshotId ?? null },
    ],
    updates: [
      {
        action: "add-snapshot",
        snapshot: {
          snapshotId: snapshotId(id),
          ...(metadata.currentSnapshotId !== undefined && { parentSnapshotId: metadata.currentSnapshotId }),
          sequenceNumber: sequenceNumber(metadata.lastSequenceNumber + 1n),
          timestampMs: timestampMs(1_735_689_600_000),
          manifestList: `${metadata.location}/metadata/snap-${id}.avro`,
          summary: { operation: "append", properties: { "added-records": "1" } },
          schemaId: metadata.currentSchemaId,
        },
      },
      { action: "set-snapshot-ref", refName: "main", ref: { type: "branch", snapshotId: snapshotId(id) } },
    ],
  };
}
