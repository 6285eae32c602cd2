import type { FileIO } from "../../io/file-io.ts";
import type { TableFileIO } from "../file-io-provider.ts";
import type { RestCatalog } from "./rest-catalog.ts";
import { tableFileIO } from "./table-file-io.ts";

/**
 * The files of each table of a catalog: with the credentials that the catalog vends, renewed through it, or else as the
 * catalog's properties say (`s3.endpoint`, `s3.access-key-id`, ...). `file` is for `file:` locations, where tables may
 * have them.
 */
export function catalogFileIO(catalog: RestCatalog, options: { readonly file?: FileIO } = {}): TableFileIO {
  return (loaded, identifier) =>
    tableFileIO(loaded, {
      ...options,
      properties: catalog.properties,
      renewCredentials: () => catalog.loadCredentials(identifier),
    });
}
