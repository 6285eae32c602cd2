import { ancestorsOf } from "./ancestors.ts";
import type { SnapshotId } from "./ids.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableMetadata } from "./table-metadata.ts";

/** Keys of snapshot summaries (spec, "Optional Snapshot Summary Fields") for snapshots that wait to be published. */
export const wapIdKey = "wap.id";
export const publishedWapIdKey = "published-wap-id";
export const sourceSnapshotIdKey = "source-snapshot-id";

/** The snapshots that were staged under a write-audit-publish id. */
export function stagedUnder(metadata: TableMetadata, wapId: string): readonly Snapshot[] {
  return metadata.snapshots.filter(({ summary }) => summary.properties[wapIdKey] === wapId);
}

/** The snapshot of this history by which `staged` came into it: itself, a copy of it, or another with its id. */
export function publicationOf(
  metadata: TableMetadata,
  staged: Snapshot,
  head: SnapshotId | undefined,
): Snapshot | undefined {
  const wapId = staged.summary.properties[wapIdKey];
  for (const ancestor of ancestorsOf(metadata, head)) {
    const { properties } = ancestor.summary;
    const isCopy = properties[sourceSnapshotIdKey] === String(staged.snapshotId);
    const hasId = wapId !== undefined && [properties[wapIdKey], properties[publishedWapIdKey]].includes(wapId);
    if (ancestor.snapshotId === staged.snapshotId || isCopy || hasId) return ancestor;
  }
  return undefined;
}
