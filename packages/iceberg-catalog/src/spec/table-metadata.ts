import type { SchemaId, SequenceNumber, SnapshotId, SortOrderId, SpecId, TimestampMs } from "./ids.ts";
import type { JsonValue } from "./json.ts";
import type { PartitionSpec } from "./partition-spec.ts";
import type { Schema } from "./schema.ts";
import type { Snapshot, SnapshotRef } from "./snapshot.ts";
import type { SortOrder } from "./sort-order.ts";

/** Everything a catalog knows of a table (spec, "Table Metadata"); one immutable value per commit. */
export interface TableMetadata {
  readonly formatVersion: 1 | 2;
  readonly tableUuid: string;
  readonly location: string;
  readonly lastSequenceNumber: SequenceNumber;
  readonly lastUpdatedMs: TimestampMs;
  readonly lastColumnId: number;
  readonly currentSchemaId: SchemaId;
  readonly schemas: readonly Schema[];
  readonly defaultSpecId: SpecId;
  readonly partitionSpecs: readonly PartitionSpec[];
  readonly lastPartitionId: number;
  readonly defaultSortOrderId: SortOrderId;
  readonly sortOrders: readonly SortOrder[];
  readonly properties: Readonly<Record<string, string>>;
  /** Snapshot of the `main` branch; absent while the table is empty. */
  readonly currentSnapshotId?: SnapshotId;
  readonly snapshots: readonly Snapshot[];
  /** The catalog was asked to leave out the snapshots that no ref points at. */
  readonly hasSnapshotsOfRefsOnly?: true;
  /** What `main` pointed at, and since when; time travel reads this, not the parents. */
  readonly snapshotLog: readonly SnapshotLogEntry[];
  readonly metadataLog: readonly MetadataLogEntry[];
  readonly refs: Readonly<Record<string, SnapshotRef>>;
  /** Kept as they came: puffin statistics are not ours to read. */
  readonly statistics: readonly JsonValue[];
  readonly partitionStatistics: readonly JsonValue[];
}

export interface SnapshotLogEntry {
  readonly timestampMs: TimestampMs;
  readonly snapshotId: SnapshotId;
}

export interface MetadataLogEntry {
  readonly timestampMs: TimestampMs;
  readonly metadataFile: string;
}
