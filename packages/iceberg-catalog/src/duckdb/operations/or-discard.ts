import { isIcebergError } from "../../errors.ts";
import type { DataFile } from "../../spec/manifest.ts";
import type { Table } from "../../table.ts";
import { discardFiles } from "../write/discard-files.ts";

/** Does something with files that were written for it; when that certainly came to nothing, they are deleted again. */
export async function orDiscard<T>(table: Table, files: readonly DataFile[], use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!isIcebergError(error, "COMMIT_STATE_UNKNOWN")) await discardFiles(table, files);
    throw error;
  }
}
