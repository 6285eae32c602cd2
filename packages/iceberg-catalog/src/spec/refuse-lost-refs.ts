import { IcebergError } from "../errors.ts";
import type { TableMetadata } from "./table-metadata.ts";
import type { TableUpdate } from "./table-update.ts";

/**
 * Snapshots are removed by somebody who has looked at the refs that there were: one that came meanwhile must not lose its
 * snapshot. @throws IcebergError `COMMIT_CONFLICT` where a ref would go that the updates do not name
 */
export function refuseLostRefs(before: TableMetadata, after: TableMetadata, updates: readonly TableUpdate[]): void {
  const named = new Set(updates.flatMap((update) => ("refName" in update ? [update.refName] : [])));
  for (const name of Object.keys(before.refs)) {
    if (name in after.refs || named.has(name)) continue;
    throw new IcebergError(
      "COMMIT_CONFLICT",
      `"${name}" has a snapshot that was to be removed; refresh the table and try again`,
      { context: { ref: name } },
    );
  }
}
