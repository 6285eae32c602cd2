import { ancestorsOf, type Snapshot, type SnapshotId, type TableMetadata } from "@icecore/iceberg-catalog";

/** What is to be read of a table so that whoever knows it as it was at one snapshot knows it as it is now. */
export type PullPlan =
  | { readonly kind: "nothing" }
  /** Files that were only added: rows came and none went. */
  | { readonly kind: "appends"; readonly from: SnapshotId }
  /** Rows came and went after `from`; where the table was rolled back, what `undone` and its ancestors did after `from` is taken back. */
  | { readonly kind: "changes"; readonly from: SnapshotId; readonly undone?: SnapshotId }
  /** All rows; `reason` where less would have done. */
  | { readonly kind: "everything"; readonly reason?: string };

/**
 * Plans what came after snapshot `since`; without it, everything. Snapshots that only moved rows between files carry
 * nothing. A snapshot that was rolled back is still a place to start from while the table remembers it.
 */
export function planPull(metadata: TableMetadata, since: SnapshotId | undefined): PullPlan {
  const current = metadata.currentSnapshotId;
  if (since === undefined) return { kind: "everything" };
  if (since === current) return { kind: "nothing" };
  const history = [...ancestorsOf(metadata, current)];
  const back = history.findIndex(({ snapshotId }) => snapshotId === since);
  if (back >= 0) return planForward(history.slice(0, back), since);
  const ids = new Set(history.map(({ snapshotId }) => snapshotId));
  const past = [...ancestorsOf(metadata, since)];
  const common = past.find(({ snapshotId }) => ids.has(snapshotId));
  if (common !== undefined) return { kind: "changes", from: common.snapshotId, undone: since };
  const fate = past.length === 0 ? "no longer in the table's history" : "no longer related to the table's current one";
  return { kind: "everything", reason: `snapshot ${since}, the last one materialized, is ${fate}` };
}

function planForward(snapshots: readonly Snapshot[], from: SnapshotId): PullPlan {
  const operations = new Set(snapshots.map(({ summary }) => summary.operation));
  operations.delete("replace");
  if (operations.size === 0) return { kind: "nothing" };
  operations.delete("append");
  return { kind: operations.size === 0 ? "appends" : "changes", from };
}
