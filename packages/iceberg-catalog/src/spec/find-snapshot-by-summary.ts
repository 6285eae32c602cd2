import { ancestorsOf } from "./ancestors.ts";
import type { SnapshotId } from "./ids.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";

/**
 * The latest snapshot on `main`, or of the history of `head`, whose summary has the value under the key: how a writer that keeps an idempotency key in
 * the summary learns that it has already written. What was rolled back does not count.
 */
export function findSnapshotBySummary(
  metadata: TableMetadata,
  key: string,
  value: string,
  head: SnapshotId | undefined = metadata.currentSnapshotId,
): Snapshot | undefined {
  for (const snapshot of ancestorsOf(metadata, head)) {
    if (snapshot.summary.properties[key] === value) return snapshot;
  }
  return undefined;
}
