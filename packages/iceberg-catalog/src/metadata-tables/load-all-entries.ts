import { readManifest } from "../manifest/read-manifest.ts";
import { mapOrdered } from "../scan/map-ordered.ts";
import { loadManifests, manifestConcurrency } from "../scan/scan-source.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import type { Table } from "../table.ts";

/** Every row, with all statistics, of the manifests of some snapshots; a manifest that several have comes once. */
export async function* loadAllEntries(
  { io, metadata }: Table,
  snapshots: readonly Snapshot[],
): AsyncGenerator<ManifestEntry> {
  const seen = new Set<string>();
  const load = async (manifest: ManifestFile): Promise<readonly ManifestEntry[]> => {
    const spec = requirePartitionSpec(metadata, manifest.partitionSpecId);
    const bytes = await io.read(manifest.manifestPath);
    return [...readManifest(bytes, manifest, { spec, schema: schemaOfSpec(metadata, spec) })];
  };
  for (const snapshot of snapshots) {
    const fresh = (await loadManifests(io, snapshot)).filter(({ manifestPath }) => !seen.has(manifestPath));
    for (const { manifestPath } of fresh) seen.add(manifestPath);
    for await (const entries of mapOrdered(fresh, manifestConcurrency, load)) yield* entries;
  }
}

/** The rows of files that are in the snapshot. */
export const isLive = ({ status }: ManifestEntry): boolean => status !== "deleted";
