import type { TableIdentifier } from "../../catalog/table-identifier.ts";
import { isIcebergError } from "../../errors.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";
import { findTable } from "../store/catalog-state.ts";
import type { CatalogContext } from "./context.ts";
import { readMetadata } from "./metadata-files.ts";

export interface CurrentMetadata {
  readonly metadata: TableMetadata;
  readonly metadataLocation: string;
}

/**
 * A table as it is; undefined when there is none. A commit may delete the metadata file between the moments of asking
 * where it is and of reading it: then the table has moved on, and is asked for again.
 */
export async function readCurrentMetadata(
  context: Pick<CatalogContext, "store" | "io" | "known">,
  identifier: TableIdentifier,
): Promise<CurrentMetadata | undefined> {
  const find = () => context.store.read((entries) => findTable(entries, identifier));
  let metadataLocation = await find();
  while (metadataLocation !== undefined) {
    const location = metadataLocation;
    try {
      return { metadata: await metadataAt(context, location), metadataLocation: location };
    } catch (error) {
      metadataLocation = await find();
      if (metadataLocation === location || !isIcebergError(error, "FILE_NOT_FOUND")) throw error;
    }
  }
  return undefined;
}

/** What is known to be in a file is not read, but that it is gone is told. */
async function metadataAt(
  { io, known }: Pick<CatalogContext, "io" | "known">,
  location: string,
): Promise<TableMetadata> {
  const found = known.find(location);
  return found !== undefined && (await io.exists(location)) ? found : readMetadata({ io }, location);
}
