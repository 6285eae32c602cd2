import { ancestorsOf } from "../spec/ancestors.ts";
import type { SchemaId, SequenceNumber, SnapshotId, TimestampMs } from "../spec/ids.ts";
import type { Operation } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { findSnapshot } from "../spec/table-metadata-lookups.ts";
import type { Table } from "../table.ts";

export interface SnapshotRow {
  readonly committed_at: Date;
  readonly snapshot_id: SnapshotId;
  readonly parent_id: SnapshotId | null;
  readonly operation: Operation;
  readonly manifest_list: string;
  readonly summary: Readonly<Record<string, string>>;
}

export interface HistoryRow {
  readonly made_current_at: Date;
  readonly snapshot_id: SnapshotId;
  readonly parent_id: SnapshotId | null;
  /** False for what was rolled back. */
  readonly is_current_ancestor: boolean;
}

export interface RefRow {
  readonly name: string;
  readonly type: "BRANCH" | "TAG";
  readonly snapshot_id: SnapshotId;
  readonly max_reference_age_in_ms: number | null;
  readonly min_snapshots_to_keep: number | null;
  readonly max_snapshot_age_in_ms: number | null;
}

export interface MetadataLogEntryRow {
  readonly timestamp: Date;
  readonly file: string;
  /** Of the snapshot that was current then. */
  readonly latest_snapshot_id: SnapshotId | null;
  readonly latest_schema_id: SchemaId | null;
  readonly latest_sequence_number: SequenceNumber | null;
}

export async function* snapshotRows({ snapshots }: TableMetadata): AsyncGenerator<SnapshotRow> {
  for (const snapshot of snapshots) {
    yield {
      committed_at: new Date(snapshot.timestampMs),
      snapshot_id: snapshot.snapshotId,
      parent_id: snapshot.parentSnapshotId ?? null,
      operation: snapshot.summary.operation,
      manifest_list: snapshot.manifestList,
      summary: snapshot.summary.properties,
    };
  }
}

export async function* historyRows(metadata: TableMetadata): AsyncGenerator<HistoryRow> {
  const ancestors = new Set([...ancestorsOf(metadata, metadata.currentSnapshotId)].map((s) => s.snapshotId));
  for (const { snapshotId, timestampMs } of metadata.snapshotLog) {
    yield {
      made_current_at: new Date(timestampMs),
      snapshot_id: snapshotId,
      parent_id: findSnapshot(metadata, snapshotId)?.parentSnapshotId ?? null,
      is_current_ancestor: ancestors.has(snapshotId),
    };
  }
}

export async function* refRows({ refs }: TableMetadata): AsyncGenerator<RefRow> {
  for (const [name, ref] of Object.entries(refs)) {
    const branch = ref.type === "branch" ? ref : undefined;
    yield {
      name,
      type: ref.type === "branch" ? "BRANCH" : "TAG",
      snapshot_id: ref.snapshotId,
      max_reference_age_in_ms: ref.maxRefAgeMs ?? null,
      min_snapshots_to_keep: branch?.minSnapshotsToKeep ?? null,
      max_snapshot_age_in_ms: branch?.maxSnapshotAgeMs ?? null,
    };
  }
}

export async function* metadataLogRows({ metadata, metadataLocation }: Table): AsyncGenerator<MetadataLogEntryRow> {
  const { metadataLog, lastUpdatedMs: timestampMs } = metadata;
  const current = metadataLocation === undefined ? [] : [{ timestampMs, metadataFile: metadataLocation }];
  for (const { timestampMs, metadataFile } of [...metadataLog, ...current]) {
    const latest = snapshotAsOf(metadata, timestampMs);
    yield {
      timestamp: new Date(timestampMs),
      file: metadataFile,
      latest_snapshot_id: latest?.snapshotId ?? null,
      latest_schema_id: latest?.schemaId ?? null,
      latest_sequence_number: latest?.sequenceNumber ?? null,
    };
  }
}

function snapshotAsOf(metadata: TableMetadata, time: TimestampMs) {
  const entry = metadata.snapshotLog.findLast(({ timestampMs }) => timestampMs <= time);
  return findSnapshot(metadata, entry?.snapshotId);
}
