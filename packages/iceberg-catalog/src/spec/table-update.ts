import type { FieldId, PartitionFieldId, SchemaId, SnapshotId, SortOrderId, SpecId } from "./ids.ts";
import type { JsonValue } from "./json.ts";
import type { Schema } from "./schema.ts";
import type { Snapshot, SnapshotRef } from "./snapshot.ts";
import type { SortOrder } from "./sort-order.ts";
import type { Transform } from "./transform.ts";

/** "The one added last in this request", wherever an update names a schema, spec or sort order. */
export const lastAdded = "last-added";
export type LastAdded = typeof lastAdded;

/** A partition field whose id the server may assign. */
export interface UnboundPartitionField {
  readonly sourceId: FieldId;
  readonly fieldId?: PartitionFieldId;
  readonly name: string;
  readonly transform: Transform;
}

/** A spec as a client proposes it. */
export interface UnboundPartitionSpec {
  readonly specId?: SpecId;
  readonly fields: readonly UnboundPartitionField[];
}

/** One change of table metadata: the actions of the REST specification, by their own names. */
export type TableUpdate =
  | { readonly action: "assign-uuid"; readonly uuid: string }
  | { readonly action: "upgrade-format-version"; readonly formatVersion: number }
  | { readonly action: "add-schema"; readonly schema: Schema }
  | { readonly action: "set-current-schema"; readonly schemaId: SchemaId | LastAdded }
  | { readonly action: "add-spec"; readonly spec: UnboundPartitionSpec }
  | { readonly action: "set-default-spec"; readonly specId: SpecId | LastAdded }
  | { readonly action: "add-sort-order"; readonly sortOrder: SortOrder }
  | { readonly action: "set-default-sort-order"; readonly sortOrderId: SortOrderId | LastAdded }
  | { readonly action: "add-snapshot"; readonly snapshot: Snapshot }
  | { readonly action: "set-snapshot-ref"; readonly refName: string; readonly ref: SnapshotRef }
  | { readonly action: "remove-snapshots"; readonly snapshotIds: readonly SnapshotId[] }
  | { readonly action: "remove-snapshot-ref"; readonly refName: string }
  | { readonly action: "set-location"; readonly location: string }
  | { readonly action: "set-properties"; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: "remove-properties"; readonly removals: readonly string[] }
  | { readonly action: "set-statistics"; readonly statistics: JsonValue }
  | { readonly action: "remove-statistics"; readonly snapshotId: SnapshotId }
  | { readonly action: "set-partition-statistics"; readonly partitionStatistics: JsonValue }
  | { readonly action: "remove-partition-statistics"; readonly snapshotId: SnapshotId }
  | { readonly action: "remove-partition-specs"; readonly specIds: readonly SpecId[] }
  | { readonly action: "remove-schemas"; readonly schemaIds: readonly SchemaId[] };
