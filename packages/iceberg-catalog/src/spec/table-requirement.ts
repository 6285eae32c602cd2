import type { SchemaId, SnapshotId, SortOrderId, SpecId } from "./ids.ts";

/** What must hold of the table for a commit to be accepted: the assertions of the REST specification. */
export type TableRequirement =
  | { readonly type: "assert-create" }
  | { readonly type: "assert-table-uuid"; readonly uuid: string }
  /** A null snapshot id asserts that the ref does not exist. */
  | { readonly type: "assert-ref-snapshot-id"; readonly ref: string; readonly snapshotId: SnapshotId | null }
  | { readonly type: "assert-last-assigned-field-id"; readonly lastAssignedFieldId: number }
  | { readonly type: "assert-current-schema-id"; readonly currentSchemaId: SchemaId }
  | { readonly type: "assert-last-assigned-partition-id"; readonly lastAssignedPartitionId: number }
  | { readonly type: "assert-default-spec-id"; readonly defaultSpecId: SpecId }
  | { readonly type: "assert-default-sort-order-id"; readonly defaultSortOrderId: SortOrderId };
