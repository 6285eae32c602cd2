import type { LoadedTable } from "../../catalog/catalog.ts";
import { IcebergError, isIcebergError } from "../../errors.ts";
import type { FileIO } from "../../io/file-io.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";
import {
  decodeMetadataFile,
  encodeMetadataFile,
  nextMetadataLocation,
  printMetadataFile,
} from "../../spec/table-metadata-file.ts";
import type { CatalogContext } from "./context.ts";

export async function readMetadata({ io }: Pick<CatalogContext, "io">, location: string): Promise<TableMetadata> {
  return decodeMetadataFile(await readExisting(io, location), location);
}

/** The table whose current metadata file that is. */
export async function readTable(context: Pick<CatalogContext, "io">, metadataLocation: string): Promise<LoadedTable> {
  return {
    metadata: await readMetadata(context, metadataLocation),
    metadataLocation,
    config: {},
    storageCredentials: [],
  };
}

/** The message begins as clients know it from the reference implementation. */
async function readExisting(io: FileIO, location: string): Promise<Uint8Array> {
  try {
    return await io.read(location);
  } catch (cause) {
    if (!isIcebergError(cause, "FILE_NOT_FOUND")) throw cause;
    throw new IcebergError("FILE_NOT_FOUND", `Failed to open input stream for file: ${location} (it is not there)`, {
      cause,
      context: { location },
    });
  }
}

/** Writes the metadata next to its predecessor, under a name of its own; returns where. */
export async function writeMetadata(
  { io, known, newUuid }: CatalogContext,
  metadata: TableMetadata,
  previous: string | undefined,
): Promise<string> {
  const location = nextMetadataLocation(metadata, previous, newUuid());
  const text = printMetadataFile(metadata);
  await io.write(location, encodeMetadataFile(metadata, text));
  known.remember(location, metadata, text.length);
  return location;
}

/**
 * Refuses a table whose files are, or whose next metadata file would be, where the catalog must not go: every later commit
 * would be refused.
 * @throws IcebergError `FORBIDDEN`
 */
export async function refuseOutOfReach({ io }: CatalogContext, metadata: TableMetadata): Promise<void> {
  // To ask for a file that is out of reach fails, as everything else with it.
  await io.exists(metadata.location);
  await io.exists(nextMetadataLocation(metadata, undefined, "next"));
}
