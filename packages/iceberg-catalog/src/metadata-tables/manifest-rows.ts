import { manifestContents } from "../manifest/codes.ts";
import { loadManifests } from "../scan/scan-source.ts";
import { humanPartitionValue } from "../spec/human-value.ts";
import type { SnapshotId, SpecId } from "../spec/ids.ts";
import type { FieldSummary, ManifestFile } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import { partitionTypes } from "../spec/partition-type.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import type { Schema } from "../spec/schema.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import type { Transform } from "../spec/transform.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { decodeValue } from "../spec/values.ts";
import type { Table } from "../table.ts";

export interface ManifestRow {
  /** 0: data, 1: deletes. */
  readonly content: number;
  readonly path: string;
  readonly length: bigint;
  readonly partition_spec_id: SpecId;
  readonly added_snapshot_id: SnapshotId;
  /** Counts are null where an old writer left them out. */
  readonly added_data_files_count: number | null;
  readonly existing_data_files_count: number | null;
  readonly deleted_data_files_count: number | null;
  readonly added_delete_files_count: number | null;
  readonly existing_delete_files_count: number | null;
  readonly deleted_delete_files_count: number | null;
  readonly partition_summaries: readonly PartitionSummaryRow[];
}

/** What a manifest's files have in one partition field; bounds are as people write them. */
export interface PartitionSummaryRow {
  readonly contains_null: boolean;
  readonly contains_nan: boolean | null;
  readonly lower_bound: string | null;
  readonly upper_bound: string | null;
}

export async function* manifestRows({ io, metadata }: Table, snapshot: Snapshot): AsyncGenerator<ManifestRow> {
  for (const manifest of await loadManifests(io, snapshot)) {
    const spec = requirePartitionSpec(metadata, manifest.partitionSpecId);
    yield manifestRow(manifest, spec, schemaOfSpec(metadata, spec));
  }
}

function manifestRow(manifest: ManifestFile, spec: PartitionSpec, schema: Schema): ManifestRow {
  const { content, counts } = manifest;
  const countOf = (of: ManifestFile["content"], name: "addedFiles" | "existingFiles" | "deletedFiles") =>
    content === of ? (counts?.[name] ?? null) : 0;
  const types = partitionTypes(spec, schema);
  return {
    content: manifestContents.indexOf(content),
    path: manifest.manifestPath,
    length: manifest.manifestLength,
    partition_spec_id: manifest.partitionSpecId,
    added_snapshot_id: manifest.addedSnapshotId,
    added_data_files_count: countOf("data", "addedFiles"),
    existing_data_files_count: countOf("data", "existingFiles"),
    deleted_data_files_count: countOf("data", "deletedFiles"),
    added_delete_files_count: countOf("deletes", "addedFiles"),
    existing_delete_files_count: countOf("deletes", "existingFiles"),
    deleted_delete_files_count: countOf("deletes", "deletedFiles"),
    partition_summaries: (manifest.partitions ?? []).map((summary, i) =>
      summaryRow(summary, spec.fields[i]?.transform ?? { kind: "void" }, types[i]),
    ),
  };
}

/** Bounds of a field whose type nobody knows any more cannot be read. */
function summaryRow(summary: FieldSummary, transform: Transform, type: PrimitiveType | undefined): PartitionSummaryRow {
  const readable = (bound: Uint8Array | undefined): string | null =>
    bound === undefined || type === undefined ? null : humanPartitionValue(transform, type, decodeValue(type, bound));
  return {
    contains_null: summary.containsNull,
    contains_nan: summary.containsNan ?? null,
    lower_bound: readable(summary.lowerBound),
    upper_bound: readable(summary.upperBound),
  };
}
