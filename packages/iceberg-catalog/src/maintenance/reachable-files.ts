import { IcebergError, isIcebergError } from "../errors.ts";
import type { FileIO } from "../io/file-io.ts";
import { loadEntries, loadManifests } from "../scan/scan-source.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { statisticsPath } from "../spec/statistics-file.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";

export interface ReachableOptions {
  /** `all`: whatever manifests name. `live`: only the files that their snapshots are made of. */
  readonly entries: "all" | "live";
  /**
   * A manifest that is gone, or that must not be read. `skip`: it leads no further, which is right for finding what to
   * delete. `fail`: it is an error, which is right for finding what to keep.
   */
  readonly unreadable: "skip" | "fail";
}

/**
 * The files that any snapshot of a table is made of, each before the file that names it, and the older metadata files
 * last; a data file may come more than once. One manifest is held at a time.
 */
export async function* reachableFiles(
  io: FileIO,
  metadata: TableMetadata,
  options: ReachableOptions,
): AsyncGenerator<string> {
  if (metadata.hasSnapshotsOfRefsOnly) {
    throw new IcebergError("INVALID_ARGUMENT", "the files of a table are known only withAllSnapshots()");
  }
  const seen = new Set<string>();
  for (const snapshot of metadata.snapshots) {
    for (const manifest of await readable(loadManifests(io, snapshot), options)) {
      if (seen.has(manifest.manifestPath)) continue;
      seen.add(manifest.manifestPath);
      yield* await filesOf(io, metadata, manifest, options);
      yield manifest.manifestPath;
    }
    if (snapshot.manifests === undefined) yield snapshot.manifestList;
  }
  for (const file of [...metadata.statistics, ...metadata.partitionStatistics]) {
    yield statisticsPath(file);
  }
  for (const { metadataFile } of metadata.metadataLog) yield metadataFile;
}

async function filesOf(
  io: FileIO,
  metadata: TableMetadata,
  manifest: ManifestFile,
  options: ReachableOptions,
): Promise<readonly string[]> {
  const isWanted = ({ status }: Pick<ManifestEntry, "status">): boolean =>
    options.entries === "all" || status !== "deleted";
  const entries = loadEntries({ io, metadata }, manifest, currentSchema(metadata), new Set(), isWanted);
  return (await readable(entries, options)).map(({ dataFile }) => dataFile.filePath);
}

async function readable<T>(list: Promise<readonly T[]>, { unreadable }: ReachableOptions): Promise<readonly T[]> {
  try {
    return await list;
  } catch (error) {
    const leadsNowhere = isIcebergError(error, "FILE_NOT_FOUND") || isIcebergError(error, "FORBIDDEN");
    if (unreadable === "skip" && leadsNowhere) return [];
    throw error;
  }
}
