import { writeContainer } from "../avro/write-container.ts";
import type { SequenceNumber, SnapshotId } from "../spec/ids.ts";
import { stringifyJson } from "../spec/json.ts";
import type { EntryStatus, ManifestCounts, ManifestFile } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import { partitionFieldToJson } from "../spec/partition-spec-json.ts";
import { partitionTypes } from "../spec/partition-type.ts";
import type { Schema } from "../spec/schema.ts";
import { schemaToJson } from "../spec/schema-json.ts";
import { entryEncoding, type NewManifestEntry } from "./entry-encoding.ts";
import { partitionSummaries } from "./partition-summaries.ts";

/** A manifest to be written: every entry's file is of its spec and its content. */
export interface NewManifest {
  readonly path: string;
  readonly content: ManifestFile["content"];
  readonly snapshotId: SnapshotId;
  readonly schema: Schema;
  readonly spec: PartitionSpec;
  readonly entries: readonly NewManifestEntry[];
}

/** A manifest whose sequence number the commit will decide: it can be kept when the commit has to be repeated. */
export interface UncommittedManifest extends Omit<ManifestFile, "sequenceNumber" | "minSequenceNumber"> {
  /** Smallest data sequence number that live entries bring along; absent when all of them inherit. */
  readonly minSequenceNumber?: SequenceNumber;
}

/** Encodes a format 2 manifest, and its row for the manifest list. */
export function writeManifest(request: NewManifest): { bytes: Uint8Array; manifest: UncommittedManifest } {
  const { path, content, snapshotId, schema, spec, entries } = request;
  const bytes = writeContainer(
    entryEncoding(spec, schema),
    {
      schema: stringifyJson(schemaToJson(schema)),
      "schema-id": String(schema.schemaId),
      "partition-spec": stringifyJson(spec.fields.map(partitionFieldToJson)),
      "partition-spec-id": String(spec.specId),
      "format-version": "2",
      content,
    },
    entries,
  );
  const partitions = entries.map((entry) => entry.dataFile.partition);
  const manifest: UncommittedManifest = {
    manifestPath: path,
    manifestLength: BigInt(bytes.length),
    partitionSpecId: spec.specId,
    content,
    addedSnapshotId: snapshotId,
    counts: countEntries(entries),
    partitions: partitionSummaries(partitionTypes(spec, schema), partitions),
    ...smallestSequenceNumber(entries),
  };
  return { bytes, manifest };
}

/** The manifest under the sequence number of the commit that is about to be tried. */
export function withSequenceNumber(manifest: UncommittedManifest, sequenceNumber: SequenceNumber): ManifestFile {
  return { ...manifest, sequenceNumber, minSequenceNumber: manifest.minSequenceNumber ?? sequenceNumber };
}

function countEntries(entries: readonly NewManifestEntry[]): ManifestCounts {
  const files = (status: EntryStatus): NewManifestEntry[] => entries.filter((entry) => entry.status === status);
  const rows = (status: EntryStatus): bigint => files(status).reduce((sum, e) => sum + e.dataFile.recordCount, 0n);
  return {
    addedFiles: files("added").length,
    existingFiles: files("existing").length,
    deletedFiles: files("deleted").length,
    addedRows: rows("added"),
    existingRows: rows("existing"),
    deletedRows: rows("deleted"),
  };
}

function smallestSequenceNumber(entries: readonly NewManifestEntry[]): { minSequenceNumber?: SequenceNumber } {
  let smallest: SequenceNumber | undefined;
  for (const { status, dataSequenceNumber } of entries) {
    if (status === "deleted" || dataSequenceNumber === undefined) continue;
    if (smallest === undefined || dataSequenceNumber < smallest) smallest = dataSequenceNumber;
  }
  return smallest === undefined ? {} : { minSequenceNumber: smallest };
}
