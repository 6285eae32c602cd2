import type { Predicate } from "../expr/predicate.ts";
import type { FileIO } from "../io/file-io.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { readManifestList } from "../manifest/read-manifest-list.ts";
import type { FieldId, SnapshotId } from "../spec/ids.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import type { Schema } from "../spec/schema.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { ScanReport } from "./file-scan-task.ts";

/** What planning needs of a table. */
export interface ScanSource {
  readonly metadata: TableMetadata;
  readonly io: FileIO;
  /** Told of each whole plan. */
  readonly onPlan?: (planned: ScanPlanned) => void;
}

/** What was planned, and what that took. */
export interface ScanPlanned {
  readonly snapshotId: SnapshotId;
  readonly schema: Schema;
  readonly filter: Predicate;
  readonly report: ScanReport;
}

/** How many manifests are fetched at a time: enough to hide a round trip, few enough to keep in memory. */
export const manifestConcurrency = 8;

/** The manifests of a snapshot. @throws IcebergError `FILE_NOT_FOUND`, `DATA_INVALID` */
export async function loadManifests(io: FileIO, snapshot: Snapshot): Promise<readonly ManifestFile[]> {
  return readManifestList(await io.read(snapshot.manifestList));
}

/** The rows of a manifest that `keep` wants, with partition values of the schema's types and only the named columns' statistics. */
export async function loadEntries(
  { metadata, io }: ScanSource,
  manifest: ManifestFile,
  schema: Schema,
  statsOf: ReadonlySet<FieldId>,
  keep: (entry: ManifestEntry) => boolean,
): Promise<readonly ManifestEntry[]> {
  const bytes = await io.read(manifest.manifestPath);
  const spec = requirePartitionSpec(metadata, manifest.partitionSpecId);
  const kept: ManifestEntry[] = [];
  for (const entry of readManifest(bytes, manifest, { spec, schema, statsOf })) {
    if (keep(entry)) kept.push(entry);
  }
  return kept;
}
