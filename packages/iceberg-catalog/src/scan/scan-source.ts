import { type AvroContainer, openContainer } from "../avro/container.ts";
import type { Predicate } from "../expr/predicate.ts";
import type { FileIO } from "../io/file-io.ts";
import { readManifestsOf } from "../manifest/inline-manifests.ts";
import { type OpenManifest, openManifest } from "../manifest/open-manifest.ts";
import { manifestRows, takeRows } from "../manifest/read-manifest.ts";
import { manifestFiles } from "../manifest/read-manifest-list.ts";
import type { EntryFacts } from "../spec/file-facts.ts";
import type { FieldId, SnapshotId } from "../spec/ids.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import type { Schema } from "../spec/schema.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { ScanReport } from "./file-scan-task.ts";
import { type Allowance, manifestCacheOf } from "./manifest-cache.ts";

/** What planning needs of a table. */
export interface ScanSource {
  readonly metadata: TableMetadata;
  readonly io: FileIO;
  readonly observer?: PlanObserver;
}

/** Whoever wants to know what planning takes. */
export interface PlanObserver {
  /** In milliseconds. */
  now(): number;
  /** Told of each whole plan. */
  planned(plan: ScanPlanned): void;
}

/** What was planned, and what that took. */
export interface ScanPlanned {
  readonly snapshotId: SnapshotId;
  readonly schema: Schema;
  readonly filter: Predicate;
  readonly report: ScanReport;
  readonly durationMs: number;
}

/** How many manifests are fetched at a time: enough to hide a round trip, few enough to keep in memory. */
export const manifestConcurrency = 8;

/** The manifests of a snapshot, as the storage has them now. @throws IcebergError `FILE_NOT_FOUND`, `DATA_INVALID` */
export function loadManifests(io: FileIO, snapshot: Snapshot): Promise<readonly ManifestFile[]> {
  return readManifestsOf(snapshot, (location) => io.read(location));
}

/**
 * The manifests of a snapshot, from the cache where their list is there. They can be gone through more than once, and are
 * decoded each time, since a list may be longer than what anybody wants of it. @throws IcebergError `FILE_NOT_FOUND`, ...
 */
export async function manifestsOf(io: FileIO, snapshot: Snapshot): Promise<Iterable<ManifestFile>> {
  if (snapshot.manifests !== undefined) return loadManifests(io, snapshot);
  const { manifestList } = snapshot;
  const cache = manifestCacheOf(io);
  const list =
    cache.find<AvroContainer>(manifestList) ?? cache.remember(manifestList, openContainer(await io.read(manifestList)));
  return { [Symbol.iterator]: () => manifestFiles(list) };
}

/**
 * The rows of a manifest that `keep` wants, as the storage has them now, with partition values of the schema's types and only
 * the named columns' statistics.
 */
export async function loadEntries(
  { metadata, io }: ScanSource,
  manifest: ManifestFile,
  schema: Schema,
  statsOf: ReadonlySet<FieldId>,
  keep: (entry: EntryFacts) => boolean,
): Promise<readonly ManifestEntry[]> {
  const { layout, blocks } = openManifest(await io.read(manifest.manifestPath));
  const spec = requirePartitionSpec(metadata, manifest.partitionSpecId);
  const row = manifestRows({ spec, schema, statsOf })(layout, manifest);
  return [...blocks].flatMap((block) => takeRows(block, row, (each) => (keep(each) ? each.toEntry() : undefined)));
}

/** A manifest, from the cache or by one request: its length need not be asked for. @throws IcebergError `FILE_NOT_FOUND`, `DATA_INVALID` */
export async function fetchManifest(
  io: FileIO,
  { manifestPath }: ManifestFile,
  allowance: Allowance,
): Promise<OpenManifest> {
  const cache = manifestCacheOf(io);
  const known = cache.find<OpenManifest>(manifestPath);
  return known ?? cache.remember(manifestPath, openManifest(await io.read(manifestPath)), allowance);
}
