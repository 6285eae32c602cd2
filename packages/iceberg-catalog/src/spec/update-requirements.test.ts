import { describe, expect, it } from "vitest";
import { fieldId, schemaId, sequenceNumber, snapshotId, sortOrderId, specId, timestampMs } from "./ids.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { newTableMetadata } from "./table-metadata-new.ts";
import { lastAdded, type TableUpdate } from "./table-update.ts";
import { requirementsFor } from "./update-requirements.ts";

const schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [],
  fields: [{ id: fieldId(1), name: "a", required: false, type: { kind: "long" } as const }],
};
const base: TableMetadata = {
  ...newTableMetadata({ schema, location: "memory://t" }, "uuid-1", timestampMs(0)),
  refs: {
    main: { type: "branch", snapshotId: snapshotId(1n) },
    audit: { type: "branch", snapshotId: snapshotId(2n) },
    t: { type: "tag", snapshotId: snapshotId(1n) },
  },
};
const snapshot = {
  snapshotId: snapshotId(9n),
  sequenceNumber: sequenceNumber(1n),
  timestampMs: timestampMs(0),
  manifestList: "memory://t/l",
  summary: { operation: "append", properties: {} },
} as const;

const uuid = "assert-table-uuid uuid-1";
const fieldIds = "assert-last-assigned-field-id 1";
const currentSchema = "assert-current-schema-id 0";
const partitionIds = "assert-last-assigned-partition-id 999";
const defaultSpec = "assert-default-spec-id 0";
const sortOrder = "assert-default-sort-order-id 0";
const ref = (name: string, id: number | null) => `assert-ref-snapshot-id ${name} ${id}`;
const setRef = (refName: string): TableUpdate => ({
  action: "set-snapshot-ref",
  refName,
  ref: { type: "branch", snapshotId: snapshotId(9n) },
});

function required(...updates: TableUpdate[]): readonly string[] {
  return requirementsFor(base, updates).map(({ type, ...values }) =>
    [type, ...Object.values(values)].map(String).join(" "),
  );
}

describe("what a commit requires of the base", () => {
  it.each<[TableUpdate, readonly string[]]>([
    [{ action: "assign-uuid", uuid: "uuid-1" }, []],
    [{ action: "upgrade-format-version", formatVersion: 2 }, []],
    [{ action: "add-schema", schema }, [fieldIds]],
    [{ action: "set-current-schema", schemaId: lastAdded }, [currentSchema]],
    [{ action: "add-spec", spec: { fields: [] } }, [partitionIds]],
    [{ action: "set-default-spec", specId: lastAdded }, [defaultSpec]],
    [{ action: "add-sort-order", sortOrder: { orderId: sortOrderId(1), fields: [] } }, []],
    [{ action: "set-default-sort-order", sortOrderId: lastAdded }, [sortOrder]],
    [{ action: "add-snapshot", snapshot }, []],
    [setRef("main"), [ref("main", 1)]],
    [setRef("audit"), [ref("audit", 2)]],
    [setRef("new"), [ref("new", null)]],
    [{ action: "remove-snapshot-ref", refName: "t" }, [ref("t", 1)]],
    [{ action: "remove-snapshots", snapshotIds: [snapshotId(1n)] }, [ref("main", 1), ref("audit", 2)]],
    [{ action: "remove-schemas", schemaIds: [schemaId(1)] }, [currentSchema, ref("audit", 2)]],
    [{ action: "remove-partition-specs", specIds: [specId(1)] }, [defaultSpec, ref("audit", 2)]],
    [{ action: "set-location", location: "memory://u" }, []],
    [{ action: "set-properties", updates: {} }, []],
    [{ action: "remove-properties", removals: [] }, []],
    [{ action: "set-statistics", statistics: {} }, []],
    [{ action: "remove-statistics", snapshotId: snapshotId(1n) }, []],
    [{ action: "set-partition-statistics", partitionStatistics: {} }, []],
    [{ action: "remove-partition-statistics", snapshotId: snapshotId(1n) }, []],
  ])("for %o is that it is the same table, and %j", (update, more) => {
    expect(required(update)).toEqual([uuid, ...more]);
  });

  it("comes once for each thing, and for each ref on its own", () => {
    expect(required({ action: "add-snapshot", snapshot }, setRef("main"), setRef("audit"), setRef("main"))).toEqual([
      uuid,
      ref("main", 1),
      ref("audit", 2),
    ]);
  });
});
