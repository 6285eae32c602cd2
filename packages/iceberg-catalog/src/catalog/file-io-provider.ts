import type { FileIO } from "../io/file-io.ts";
import type { StagedTable } from "./catalog.ts";
import type { TableIdentifier } from "./table-identifier.ts";

/** How the files of a table are reached that a catalog has just answered with. */
export type TableFileIO = (loaded: StagedTable, identifier: TableIdentifier) => FileIO;

/** One FileIO for all tables, or one for each. */
export type FileIOProvider = FileIO | TableFileIO;

export function fileIOOf(provider: FileIOProvider, loaded: StagedTable, identifier: TableIdentifier): FileIO {
  return typeof provider === "function" ? provider(loaded, identifier) : provider;
}
