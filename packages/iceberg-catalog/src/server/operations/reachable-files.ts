import { isIcebergError } from "../../errors.ts";
import type { FileIO } from "../../io/file-io.ts";
import { loadEntries, loadManifests } from "../../scan/scan-source.ts";
import { JsonReader } from "../../spec/json-reader.ts";
import type { ManifestFile } from "../../spec/manifest.ts";
import type { Snapshot } from "../../spec/snapshot.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";
import { currentSchema } from "../../spec/table-metadata-lookups.ts";

/**
 * The files that any snapshot of a table is made of, each before the file that names it, and the older metadata files
 * last; a data file may come more than once. One manifest is held at a time.
 */
export async function* reachableFiles(io: FileIO, metadata: TableMetadata): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (const snapshot of metadata.snapshots) {
    for (const manifest of await manifestsOf(io, snapshot)) {
      if (seen.has(manifest.manifestPath)) continue;
      seen.add(manifest.manifestPath);
      yield* await filesOf(io, metadata, manifest);
      yield manifest.manifestPath;
    }
    yield snapshot.manifestList;
  }
  for (const file of [...metadata.statistics, ...metadata.partitionStatistics]) {
    yield new JsonReader(file, "statistics").field("statistics-path").string();
  }
  for (const { metadataFile } of metadata.metadataLog) yield metadataFile;
}

function manifestsOf(io: FileIO, snapshot: Snapshot): Promise<readonly ManifestFile[]> {
  return orNone(loadManifests(io, snapshot));
}

async function filesOf(io: FileIO, metadata: TableMetadata, manifest: ManifestFile): Promise<readonly string[]> {
  const source = { io, metadata };
  const entries = await orNone(loadEntries(source, manifest, currentSchema(metadata), new Set(), () => true));
  return entries.map(({ dataFile }) => dataFile.filePath);
}

/** A file that is gone, or that this catalog must not read, leads no further. */
async function orNone<T>(list: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await list;
  } catch (error) {
    if (isIcebergError(error, "FILE_NOT_FOUND") || isIcebergError(error, "FORBIDDEN")) return [];
    throw error;
  }
}
