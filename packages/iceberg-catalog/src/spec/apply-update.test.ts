import { describe, expect, test } from "vitest";
import { applyUpdates } from "./apply-update.ts";
import { fieldId, schemaId, sequenceNumber, snapshotId, sortOrderId, specId, timestampMs } from "./ids.ts";
import type { Schema } from "./schema.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { newTableMetadata, tableMetadataFromUpdates } from "./table-metadata-new.ts";
import { lastAdded, type TableUpdate } from "./table-update.ts";

const long = { kind: "long" } as const;
const bucket = { kind: "bucket", buckets: 8 } as const;
const column = (id: number, name: string) => ({ id: fieldId(id), name, required: true, type: long });
const schema = (...fields: Schema["fields"]): Schema => ({ schemaId: schemaId(0), fields, identifierFieldIds: [] });

const empty = newTableMetadata(
  { schema: schema(column(1, "a"), column(2, "b")), location: "file:///w/t" },
  "uuid-1",
  timestampMs(1000),
);

function apply(base: TableMetadata, updates: readonly TableUpdate[], now = 5000): TableMetadata {
  return applyUpdates(base, updates, { now: timestampMs(now) });
}

function snapshot(id: bigint, sequence = id, time = 2000): Snapshot {
  return {
    snapshotId: snapshotId(id),
    sequenceNumber: sequenceNumber(sequence),
    timestampMs: timestampMs(time),
    manifestList: `file:///w/t/metadata/snap-${id}.avro`,
    summary: { operation: "append", properties: {} },
  };
}

const add = (id: bigint, sequence = id, time = 2000): TableUpdate => ({
  action: "add-snapshot",
  snapshot: snapshot(id, sequence, time),
});
const point = (refName: string, id: bigint): TableUpdate => ({
  action: "set-snapshot-ref",
  refName,
  ref: { type: "branch", snapshotId: snapshotId(id) },
});
const refusal = (message: string) =>
  expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) });

describe("schemas", () => {
  const wider: TableUpdate = { action: "add-schema", schema: schema(column(1, "a"), column(2, "b"), column(3, "c")) };

  test("are numbered on, and the last one added can be made current", () => {
    const table = apply(empty, [wider, { action: "set-current-schema", schemaId: lastAdded }]);
    expect(table).toMatchObject({ currentSchemaId: 1, lastColumnId: 3 });
  });

  test("that are equal are reused, also as the last added one", () => {
    const table = apply(empty, [wider, { action: "set-current-schema", schemaId: lastAdded }]);
    const back: TableUpdate = { action: "add-schema", schema: schema(column(1, "a"), column(2, "b")) };
    const again = apply(table, [back, { action: "set-current-schema", schemaId: lastAdded }]);
    expect(again).toMatchObject({ currentSchemaId: 0, lastColumnId: 3 });
    expect(again.schemas).toHaveLength(2);
  });

  test("that are current cannot be removed", () => {
    expect(() => apply(empty, [{ action: "remove-schemas", schemaIds: [schemaId(0)] }])).toThrow(
      refusal("is the current one"),
    );
  });

  test("cannot have the ids of metadata columns, and never let the last id fall", () => {
    const add = (id: number): readonly TableUpdate[] => [{ action: "add-schema", schema: schema(column(id, "a")) }];
    expect(() => apply(empty, add(2_147_483_448))).toThrow(refusal("is reserved for metadata columns"));
    expect(apply(empty, add(2_147_483_447)).lastColumnId).toBe(2_147_483_447);
    expect(apply(empty, add(1)).lastColumnId).toBe(2);
  });

  test("are not guessed when none was added", () => {
    expect(() => apply(empty, [{ action: "set-current-schema", schemaId: lastAdded }])).toThrow(
      refusal("none was added"),
    );
  });
});

describe("partition specs", () => {
  const byDay: TableUpdate = {
    action: "add-spec",
    spec: { fields: [{ sourceId: fieldId(1), name: "a_bucket", transform: bucket }] },
  };

  test("get ids from 1000, and an equivalent field keeps its own", () => {
    const table = apply(empty, [byDay, { action: "set-default-spec", specId: lastAdded }]);
    expect(table).toMatchObject({ defaultSpecId: 1, lastPartitionId: 1000 });
    const fields = [
      { sourceId: fieldId(2), name: "b", transform: { kind: "identity" } as const },
      { sourceId: fieldId(1), name: "renamed", transform: bucket },
    ];
    const evolved = apply(table, [{ action: "add-spec", spec: { fields } }]);
    expect(evolved.partitionSpecs.at(-1)).toMatchObject({ specId: 2, fields: [{ fieldId: 1001 }, { fieldId: 1000 }] });
    expect(evolved.lastPartitionId).toBe(1001);
  });

  test("that are equal are reused", () => {
    const table = apply(apply(empty, [byDay]), [byDay, { action: "set-default-spec", specId: lastAdded }]);
    expect(table.partitionSpecs).toHaveLength(2);
    expect(table.defaultSpecId).toBe(1);
  });

  test("may not take a column's name unless they are its identity", () => {
    const clash = { sourceId: fieldId(1), name: "b", transform: bucket };
    expect(() => apply(empty, [{ action: "add-spec", spec: { fields: [clash] } }])).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  test("keep their column in the schema", () => {
    const table = apply(empty, [byDay, { action: "set-default-spec", specId: lastAdded }]);
    const drop: readonly TableUpdate[] = [
      { action: "add-schema", schema: schema(column(2, "b")) },
      { action: "set-current-schema", schemaId: lastAdded },
    ];
    expect(() => apply(table, drop)).toThrow(refusal('the column of partition field "a_bucket"'));
  });

  test("that are the default cannot be removed", () => {
    expect(() => apply(empty, [{ action: "remove-partition-specs", specIds: [specId(0)] }])).toThrow(
      refusal("default"),
    );
  });
});

test("sort orders count from 1, and no fields is order 0", () => {
  const fields = [{ sourceId: fieldId(1), transform: bucket, direction: "asc", nullOrder: "nulls-first" } as const];
  const sorted = apply(empty, [
    { action: "add-sort-order", sortOrder: { orderId: sortOrderId(77), fields } },
    { action: "set-default-sort-order", sortOrderId: lastAdded },
  ]);
  expect(sorted.defaultSortOrderId).toBe(1);
  const unsorted = apply(sorted, [
    { action: "add-sort-order", sortOrder: { orderId: sortOrderId(0), fields: [] } },
    { action: "set-default-sort-order", sortOrderId: lastAdded },
  ]);
  expect(unsorted).toMatchObject({ defaultSortOrderId: 0, sortOrders: [{ orderId: 0 }, { orderId: 1 }] });
});

describe("snapshots", () => {
  const one = apply(empty, [add(1n), point("main", 1n)]);

  test("become current through main, and the log says since when", () => {
    expect(one).toMatchObject({
      currentSnapshotId: 1n,
      lastSequenceNumber: 1n,
      snapshotLog: [{ snapshotId: 1n, timestampMs: 2000 }],
      lastUpdatedMs: 5000,
    });
  });

  test("must have a sequence number above the last", () => {
    const child: TableUpdate = {
      action: "add-snapshot",
      snapshot: { ...snapshot(2n, 1n), parentSnapshotId: snapshotId(1n) },
    };
    expect(() => apply(one, [child])).toThrow(
      expect.objectContaining({
        code: "COMMIT_CONFLICT",
        message: expect.stringContaining("is not above the last, 1"),
      }),
    );
  });

  test("may fall behind when they replace a table that others committed to meanwhile", () => {
    const two = apply(one, [add(2n), point("main", 2n)]);
    const replaced = apply(two, [{ action: "remove-snapshot-ref", refName: "main" }, add(3n, 1n), point("main", 3n)]);
    expect(replaced).toMatchObject({ currentSnapshotId: 3n, lastSequenceNumber: 2n });
    expect(
      replaced.snapshotLog.map((entry) => entry.snapshotId),
      "the history stays",
    ).toEqual([1n, 2n, 3n]);
  });

  test("cannot come twice", () => {
    expect(() => apply(one, [add(1n, 2n)])).toThrow(refusal("snapshot 1 is already there"));
  });

  test("that are only staged do not enter the log", () => {
    expect(apply(one, [add(2n)]).snapshotLog).toEqual(one.snapshotLog);
  });

  test("that came and went within one commit do not enter the log", () => {
    const table = apply(one, [add(2n), point("main", 2n), add(3n), point("main", 3n)]);
    expect(table.snapshotLog.map((entry) => entry.snapshotId)).toEqual([1n, 3n]);
  });

  test("enter the log again on a rollback, at the time of the rollback", () => {
    const rolledBack = apply(apply(one, [add(2n), point("main", 2n)]), [point("main", 1n)], 9000);
    expect(rolledBack.snapshotLog.at(-1)).toEqual({ snapshotId: 1n, timestampMs: 9000 });
  });

  test("keep the log sorted when a writer's clock is behind", () => {
    const table = apply(one, [add(2n, 2n, 1), point("main", 2n)]);
    expect(table.snapshotLog.at(-1)).toEqual({ snapshotId: 2n, timestampMs: 2000 });
  });

  test("that are removed take their refs, their statistics and the history before them along", () => {
    const three = apply(one, [
      add(2n),
      point("main", 2n),
      point("audit", 1n),
      { action: "set-statistics", statistics: { "snapshot-id": 1n } },
    ]);
    const table = apply(three, [{ action: "remove-snapshots", snapshotIds: [snapshotId(1n), snapshotId(42n)] }]);
    expect(Object.keys(table.refs)).toEqual(["main"]);
    expect(table.statistics).toEqual([]);
    expect(table.snapshotLog.map((entry) => entry.snapshotId)).toEqual([2n]);
    expect(table.snapshots).toHaveLength(1);
  });

  test("that main pointed at leave an empty table", () => {
    const table = apply(one, [{ action: "remove-snapshots", snapshotIds: [snapshotId(1n)] }]);
    expect(table).not.toHaveProperty("currentSnapshotId");
    expect(table).toMatchObject({ refs: {}, snapshotLog: [], lastSequenceNumber: 1n });
  });

  test("must be there before a ref names them", () => {
    expect(() => apply(one, [point("main", 9n)])).toThrow(refusal("snapshot 9, which is not there"));
  });

  test("cannot be main as a tag", () => {
    const tag: TableUpdate = {
      action: "set-snapshot-ref",
      refName: "main",
      ref: { type: "tag", snapshotId: snapshotId(1n) },
    };
    expect(() => apply(one, [tag])).toThrow(refusal('"main" must be a branch'));
  });
});

test("the metadata log remembers as many files as the table wants", () => {
  const limit: TableUpdate = { action: "set-properties", updates: { "write.metadata.previous-versions-max": "2" } };
  let table = apply(empty, [limit]);
  for (const i of [1, 2, 3]) {
    table = applyUpdates(table, [], { now: timestampMs(5000 + i), previousMetadataLocation: `m${i}` });
  }
  expect(table.metadataLog).toEqual([
    { timestampMs: 5001, metadataFile: "m2" },
    { timestampMs: 5002, metadataFile: "m3" },
  ]);
});

test("what identifies the table stays", () => {
  expect(() => apply(empty, [{ action: "assign-uuid", uuid: "other" }])).toThrow(refusal("already has the uuid"));
  expect(() => apply(empty, [{ action: "upgrade-format-version", formatVersion: 1 }])).toThrow(refusal("back to 1"));
  expect(() => apply(empty, [{ action: "upgrade-format-version", formatVersion: 3 }])).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED" }),
  );
});

describe("a new table", () => {
  test("numbers the fields of a struct before what is inside them", () => {
    const inner = { kind: "struct", fields: [column(71, "x"), column(72, "y")] } as const;
    const list = { kind: "list", elementId: fieldId(80), element: inner, elementRequired: true } as const;
    const proposed = schema({ ...column(50, "a"), type: list }, column(60, "b"));
    const table = newTableMetadata(
      {
        schema: { ...proposed, identifierFieldIds: [fieldId(60)] },
        location: "file:///w/t",
        partitionSpec: { fields: [{ sourceId: fieldId(60), name: "b_bucket", transform: bucket }] },
        sortOrder: {
          orderId: sortOrderId(9),
          fields: [{ sourceId: fieldId(60), transform: bucket, direction: "asc", nullOrder: "nulls-last" }],
        },
        properties: { owner: "me", "format-version": "2" },
      },
      "u",
      timestampMs(1),
    );
    expect(table.schemas[0]?.fields).toMatchObject([
      { id: 1, type: { elementId: 3, element: { fields: [{ id: 4 }, { id: 5 }] } } },
      { id: 2 },
    ]);
    expect(table).toMatchObject({
      formatVersion: 2,
      lastColumnId: 5,
      schemas: [{ identifierFieldIds: [2] }],
      partitionSpecs: [{ specId: 0, fields: [{ sourceId: 2, fieldId: 1000 }] }],
      sortOrders: [{ orderId: 1, fields: [{ sourceId: 2 }] }],
      defaultSortOrderId: 1,
      properties: { owner: "me" },
    });
  });

  test("may come out of the updates of a transaction alone", () => {
    const table = tableMetadataFromUpdates(
      [
        { action: "assign-uuid", uuid: "u" },
        { action: "upgrade-format-version", formatVersion: 2 },
        { action: "set-location", location: "file:///w/t" },
        { action: "add-schema", schema: schema(column(1, "a")) },
        { action: "set-current-schema", schemaId: lastAdded },
        add(1n),
        point("main", 1n),
      ],
      timestampMs(1),
    );
    expect(table).toMatchObject({
      currentSnapshotId: 1n,
      partitionSpecs: [{ specId: 0 }],
      sortOrders: [{ orderId: 0 }],
    });
  });

  test("must be complete", () => {
    expect(() => tableMetadataFromUpdates([{ action: "assign-uuid", uuid: "u" }], timestampMs(1))).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});
