import { ancestorsOf } from "./ancestors.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";

/**
 * The latest snapshot on `main` whose summary has the value under the key: how a writer that keeps an idempotency key in
 * the summary learns that it has already written. What was rolled back does not count.
 */
export function findSnapshotBySummary(metadata: TableMetadata, key: string, value: string): Snapshot | undefined {
  for (const snapshot of ancestorsOf(metadata, metadata.currentSnapshotId)) {
    if (snapshot.summary.properties[key] === value) return snapshot;
  }
  return undefined;
}
