import { ancestorsOf } from "../spec/ancestors.ts";
import type { SnapshotId, TimestampMs } from "../spec/ids.ts";
import { type BranchRef, mainBranch, type Snapshot, type SnapshotRef } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { findSnapshot } from "../spec/table-metadata-lookups.ts";
import { tableProperties } from "../spec/table-properties.ts";

/** Which snapshots to keep, where a ref or the table's properties do not say otherwise. */
export interface ExpiryPolicy {
  /** Snapshots from then on are kept; left out: as old as the table's properties allow. */
  readonly olderThan?: TimestampMs;
  /** So many of each branch are kept however old they are; left out: as the table's properties say. */
  readonly retainLast?: number;
}

/** What an expiry takes away. */
export interface ExpiryPlan {
  readonly snapshots: readonly Snapshot[];
  /** Branches and tags that have grown older than they may. */
  readonly refs: readonly string[];
}

/**
 * Decides what may go (spec, "Snapshot Retention Policy"): refs by their age, but never `main`; of each branch what is
 * both too old and too far back; snapshots that no ref leads to by their age alone. Pure.
 */
export function planExpiry(metadata: TableMetadata, policy: ExpiryPolicy, now: TimestampMs): ExpiryPlan {
  const defaults = tableProperties(metadata.properties).expiry;
  const olderThan = policy.olderThan ?? now - defaults.maxSnapshotAgeMs;
  const retainLast = Math.max(1, policy.retainLast ?? defaults.minSnapshotsToKeep);
  const refs = Object.entries(metadata.refs).filter(
    ([name, ref]) => name !== mainBranch && isTooOld(metadata, ref, now, defaults.maxRefAgeMs),
  );
  const gone = new Set(refs.map(([name]) => name));
  const kept = new Set<SnapshotId>();
  const reachable = new Set<SnapshotId>();
  for (const [name, ref] of Object.entries(metadata.refs)) {
    if (gone.has(name)) continue;
    for (const snapshot of ancestorsOf(metadata, ref.snapshotId)) {
      if (ref.type === "branch" || snapshot.snapshotId === ref.snapshotId) reachable.add(snapshot.snapshotId);
    }
    for (const id of keptBy(metadata, ref, { now, olderThan, retainLast })) kept.add(id);
  }
  const isKept = ({ snapshotId, timestampMs }: Snapshot): boolean =>
    kept.has(snapshotId) || (!reachable.has(snapshotId) && timestampMs >= olderThan);
  return { snapshots: metadata.snapshots.filter((snapshot) => !isKept(snapshot)), refs: [...gone] };
}

interface Limits {
  readonly now: TimestampMs;
  readonly olderThan: number;
  readonly retainLast: number;
}

/** A tag keeps its snapshot, a branch its newest ones and those that are young enough. */
function keptBy(metadata: TableMetadata, ref: SnapshotRef, limits: Limits): readonly SnapshotId[] {
  return ref.type === "tag" ? [ref.snapshotId] : keptByBranch(metadata, ref, limits);
}

function keptByBranch(
  metadata: TableMetadata,
  ref: BranchRef,
  { now, olderThan, retainLast }: Limits,
): readonly SnapshotId[] {
  const minimum = ref.minSnapshotsToKeep ?? retainLast;
  const oldest = ref.maxSnapshotAgeMs === undefined ? olderThan : now - ref.maxSnapshotAgeMs;
  const kept: SnapshotId[] = [];
  for (const { snapshotId, timestampMs } of ancestorsOf(metadata, ref.snapshotId)) {
    if (kept.length >= minimum && timestampMs < oldest) break;
    kept.push(snapshotId);
  }
  return kept;
}

function isTooOld(metadata: TableMetadata, ref: SnapshotRef, now: TimestampMs, defaultMaxAgeMs: number): boolean {
  const snapshot = findSnapshot(metadata, ref.snapshotId);
  return snapshot === undefined || now - snapshot.timestampMs > (ref.maxRefAgeMs ?? defaultMaxAgeMs);
}
