import { isIcebergError } from "../../errors.ts";
import type { FileIO } from "../../io/file-io.ts";
import { reachableFiles } from "../../maintenance/reachable-files.ts";
import { tableProperties } from "../../spec/table-properties.ts";
import type { CatalogContext } from "./context.ts";
import { readMetadata } from "./metadata-files.ts";

/**
 * Deletes the files of a table that was dropped, its current metadata file last, since it knows the others. Nothing is
 * deleted where `gc.enabled` is false: the files may be shared with other tables.
 */
export async function purgeTable({ io }: Pick<CatalogContext, "io">, metadataLocation: string): Promise<void> {
  const metadata = await readMetadata({ io }, metadataLocation);
  if (!tableProperties(metadata.properties).gcEnabled) return;
  for await (const location of reachableFiles(io, metadata, { entries: "all", unreadable: "skip" }))
    await deleteOwn(io, location);
  await deleteOwn(io, metadataLocation);
}

/** A table may name files outside the warehouse, which are not this catalog's to delete. */
async function deleteOwn(io: FileIO, location: string): Promise<void> {
  try {
    await io.delete(location);
  } catch (error) {
    if (!isIcebergError(error, "FORBIDDEN")) throw error;
  }
}
