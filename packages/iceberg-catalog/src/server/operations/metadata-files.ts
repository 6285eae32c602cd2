import type { TableMetadata } from "../../spec/table-metadata.ts";
import { decodeMetadataFile, encodeMetadataFile, nextMetadataLocation } from "../../spec/table-metadata-file.ts";
import type { CatalogContext } from "./context.ts";

export async function readMetadata({ io }: Pick<CatalogContext, "io">, location: string): Promise<TableMetadata> {
  return decodeMetadataFile(await io.read(location), location);
}

/** Writes the metadata next to its predecessor, under a name of its own; returns where. */
export async function writeMetadata(
  { io, newUuid }: CatalogContext,
  metadata: TableMetadata,
  previous: string | undefined,
): Promise<string> {
  const location = nextMetadataLocation(metadata, previous, newUuid());
  await io.write(location, encodeMetadataFile(metadata));
  return location;
}
