import { readManifest } from "../manifest/read-manifest.ts";
import { type UncommittedManifest, writeManifest } from "../manifest/write-manifest.ts";
import { hasLiveFiles } from "../scan/file-pruner.ts";
import { mapOrdered } from "../scan/map-ordered.ts";
import { manifestConcurrency } from "../scan/scan-source.ts";
import type { DataFile, ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { CommitAttempt } from "./action.ts";
import type { FileSelection } from "./file-selection.ts";
import type { SnapshotIdentity } from "./snapshot-producer.ts";
import { metadataFileLocation } from "./table-locations.ts";

/** What became of a manifest: undefined, when no file of it was selected. */
type Rewritten = { readonly manifest: UncommittedManifest; readonly removed: readonly DataFile[] } | undefined;

/** Manifests that were looked at before, by path: they are immutable, so a repeated commit need not look again. */
export type ManifestMemory = Map<string, Rewritten>;

export interface FilteredManifests {
  readonly inherited: readonly ManifestFile[];
  readonly rewritten: readonly UncommittedManifest[];
  readonly removed: readonly DataFile[];
}

/**
 * Takes selected files out of a snapshot: the manifests that hold some are rewritten, with those files as deleted and the
 * others as existing under the sequence numbers they have; the rest go on as they are.
 */
export async function filterManifests(
  manifests: readonly ManifestFile[],
  selection: FileSelection,
  identity: SnapshotIdentity,
  base: TableMetadata,
  attempt: CommitAttempt,
  memory: ManifestMemory,
): Promise<FilteredManifests> {
  const inherited: ManifestFile[] = [];
  const rewritten: UncommittedManifest[] = [];
  const removed: DataFile[] = [];
  const filter = async (manifest: ManifestFile): Promise<readonly [ManifestFile, Rewritten]> => {
    if (!selection.mayBeIn(manifest)) return [manifest, undefined];
    const known = memory.get(manifest.manifestPath);
    if (known !== undefined || memory.has(manifest.manifestPath)) return [manifest, known];
    const result = await rewrite(manifest, selection, identity, base, attempt);
    memory.set(manifest.manifestPath, result);
    return [manifest, result];
  };
  for await (const [manifest, result] of mapOrdered(manifests, manifestConcurrency, filter)) {
    if (result === undefined) {
      // A manifest that only tells what earlier commits deleted has told it: it need not be carried on.
      if (hasLiveFiles(manifest)) inherited.push(manifest);
      continue;
    }
    rewritten.push(result.manifest);
    removed.push(...result.removed);
  }
  selection.complete(removed);
  return { inherited, rewritten, removed };
}

async function rewrite(
  manifest: ManifestFile,
  selection: FileSelection,
  { snapshotId }: SnapshotIdentity,
  base: TableMetadata,
  { environment, files }: CommitAttempt,
): Promise<Rewritten> {
  const spec = requirePartitionSpec(base, manifest.partitionSpecId);
  const schema = schemaOfSpec(base, spec);
  const bytes = await files.read(manifest.manifestPath);
  const live = [...readManifest(bytes, manifest, { spec, schema })].filter(({ status }) => status !== "deleted");
  const removed = new Set(live.map((entry) => entry.dataFile).filter((file) => selection.selects(file)));
  if (removed.size === 0) return undefined;
  const entries = live.map(
    (entry): ManifestEntry =>
      removed.has(entry.dataFile) ? { ...entry, status: "deleted", snapshotId } : { ...entry, status: "existing" },
  );
  const path = metadataFileLocation(base, `${environment.uuid()}-m0.avro`);
  const written = writeManifest({ path, content: manifest.content, snapshotId, schema, spec, entries });
  await files.write(path, written.bytes);
  return { manifest: written.manifest, removed: [...removed] };
}
