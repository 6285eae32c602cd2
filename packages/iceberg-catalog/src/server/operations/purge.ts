import { JsonReader } from "../../spec/json-reader.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";
import { tableProperties } from "../../spec/table-properties.ts";
import type { CatalogContext } from "./context.ts";
import { readMetadata } from "./metadata-files.ts";

/** Deletes the files of a table that was dropped, unless its properties say that they may be shared. */
export async function purgeTable(context: CatalogContext, metadataLocation: string): Promise<void> {
  const metadata = await readMetadata(context, metadataLocation);
  if (!tableProperties(metadata.properties).gcEnabled) return;
  for (const location of filesReachableFrom(metadata, metadataLocation)) await context.io.delete(location);
}

/** The files that the metadata names itself; the metadata file comes last, since it knows the others. */
function filesReachableFrom(metadata: TableMetadata, metadataLocation: string): readonly string[] {
  return [
    ...metadata.snapshots.map((snapshot) => snapshot.manifestList),
    ...[...metadata.statistics, ...metadata.partitionStatistics].map((file) =>
      new JsonReader(file, "statistics").field("statistics-path").string(),
    ),
    ...metadata.metadataLog.map((entry) => entry.metadataFile),
    metadataLocation,
  ];
}
