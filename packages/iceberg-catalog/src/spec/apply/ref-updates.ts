import type { TimestampMs } from "../ids.ts";
import { mainBranch, type Snapshot, type SnapshotRef } from "../snapshot.ts";
import type { SnapshotLogEntry } from "../table-metadata.ts";
import { findSnapshot } from "../table-metadata-lookups.ts";
import { type Draft, edited, refused } from "./draft.ts";

/** Points a ref at a snapshot; whenever `main` moves, the snapshot log gets an entry, also on a rollback. */
export function setSnapshotRef(draft: Draft, name: string, ref: SnapshotRef): Draft {
  const { metadata } = draft;
  const snapshot = findSnapshot(metadata, ref.snapshotId);
  if (snapshot === undefined) throw refused(`ref "${name}" names snapshot ${ref.snapshotId}, which is not there`);
  checkRetention(name, ref);
  const withRef = edited(draft, { refs: { ...metadata.refs, [name]: ref } });
  if (name !== mainBranch || metadata.currentSnapshotId === ref.snapshotId) return withRef;
  return edited(withRef, {
    currentSnapshotId: ref.snapshotId,
    snapshotLog: [...metadata.snapshotLog, logEntry(draft, snapshot)],
  });
}

/** Removes a ref; one that is not there is no error. Without `main` the table has no current snapshot; its history stays. */
export function removeSnapshotRef(draft: Draft, name: string): Draft {
  const { [name]: _, ...refs } = draft.metadata.refs;
  if (name !== mainBranch) return edited(draft, { refs });
  const { currentSnapshotId: __, ...metadata } = draft.metadata;
  return { ...draft, metadata: { ...metadata, refs } };
}

function logEntry(draft: Draft, snapshot: Snapshot): SnapshotLogEntry {
  const isNew = draft.addedSnapshotIds.has(snapshot.snapshotId);
  const since = isNew ? snapshot.timestampMs : draft.now;
  return { snapshotId: snapshot.snapshotId, timestampMs: notBefore(since, draft.metadata.snapshotLog.at(-1)) };
}

/** The log is read as sorted by time, whatever the clocks of the writers said. */
function notBefore(time: TimestampMs, last: SnapshotLogEntry | undefined): TimestampMs {
  return last !== undefined && last.timestampMs > time ? last.timestampMs : time;
}

function checkRetention(name: string, ref: SnapshotRef): void {
  if (name === mainBranch && ref.type !== "branch") throw refused(`"${mainBranch}" must be a branch`);
  const limits =
    ref.type === "branch" ? [ref.minSnapshotsToKeep, ref.maxSnapshotAgeMs, ref.maxRefAgeMs] : [ref.maxRefAgeMs];
  if (limits.some((limit) => limit !== undefined && limit <= 0)) {
    throw refused(`the retention of ref "${name}" must be positive`);
  }
}
