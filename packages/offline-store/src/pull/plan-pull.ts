import { ancestorsOf, type Snapshot, type SnapshotId, type TableMetadata } from "@icecore/iceberg-catalog";

/** What is to be read of a table so that whoever knows it as it was at one snapshot knows it as it is now. */
export type PullPlan =
  | { readonly kind: "nothing" }
  /** Files that were only added: rows came and none went. */
  | { readonly kind: "appends"; readonly from: SnapshotId }
  /** Rows came and went after `from`; and what came and went on the way to snapshots that are no longer in the table's history is taken back. */
  | { readonly kind: "changes"; readonly from: SnapshotId; readonly undone: readonly Detour[] }
  /** All rows; `reason` where less would have done. */
  | { readonly kind: "everything"; readonly reason?: string };

/** A way that the table's history did not take in the end. */
export interface Detour {
  /** Where it left the history. */
  readonly from: SnapshotId;
  readonly to: SnapshotId;
}

/**
 * Plans what came after snapshot `since`; without it, everything. `begun` are snapshots of which rows may be known besides.
 * Snapshots that only moved rows between files carry nothing. One that was rolled back is still a place to start from while
 * the table remembers it.
 */
export function planPull(
  metadata: TableMetadata,
  since: SnapshotId | undefined,
  begun: readonly SnapshotId[] = [],
): PullPlan {
  const current = metadata.currentSnapshotId;
  if (since === undefined) return { kind: "everything" };
  if (since === current && begun.every((id) => id === current)) return { kind: "nothing" };
  const history = [...ancestorsOf(metadata, current)];
  const undone: Detour[] = [];
  for (const id of new Set([since, ...begun])) {
    if (history.some(({ snapshotId }) => snapshotId === id)) continue;
    const detour = detourTo(metadata, history, id);
    if (typeof detour === "string") return { kind: "everything", reason: detour };
    undone.push(detour);
  }
  const starts = new Set([since, ...undone.map(({ from }) => from)]);
  const back = history.findLastIndex(({ snapshotId }) => starts.has(snapshotId));
  const from = history[back]?.snapshotId;
  if (from === undefined) return { kind: "everything" };
  return undone.length > 0 ? { kind: "changes", from, undone } : planForward(history.slice(0, back), from);
}

/** How a snapshot was reached that is not in the history; or why nobody can tell. */
function detourTo(metadata: TableMetadata, history: readonly Snapshot[], to: SnapshotId): Detour | string {
  const ids = new Set(history.map(({ snapshotId }) => snapshotId));
  const past = [...ancestorsOf(metadata, to)];
  const common = past.find(({ snapshotId }) => ids.has(snapshotId));
  if (common !== undefined) return { from: common.snapshotId, to };
  const fate = past.length === 0 ? "no longer in the table's history" : "no longer related to the table's current one";
  return `snapshot ${to}, the last one materialized, is ${fate}`;
}

function planForward(snapshots: readonly Snapshot[], from: SnapshotId): PullPlan {
  const operations = new Set(snapshots.map(({ summary }) => summary.operation));
  operations.delete("replace");
  if (operations.size === 0) return { kind: "nothing" };
  operations.delete("append");
  return operations.size === 0 ? { kind: "appends", from } : { kind: "changes", from, undone: [] };
}
