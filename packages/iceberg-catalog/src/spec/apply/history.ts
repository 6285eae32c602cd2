import { type TimestampMs, timestampMs } from "../ids.ts";
import type { MetadataLogEntry, SnapshotLogEntry, TableMetadata } from "../table-metadata.ts";
import { tableProperties } from "../table-properties.ts";
import type { Draft } from "./draft.ts";

/** The logs and the clock of the finished metadata. `previousLocation` is the file that it replaces, if any. */
export function finishHistory(draft: Draft, base: TableMetadata, previousLocation: string | undefined): TableMetadata {
  const snapshotLog = finishSnapshotLog(draft);
  return {
    ...draft.metadata,
    snapshotLog,
    metadataLog: finishMetadataLog(draft, base, previousLocation),
    lastUpdatedMs: latest([draft.now, base.lastUpdatedMs, ...snapshotLog.map((entry) => entry.timestampMs)]),
  };
}

/**
 * Leaves out snapshots that came and went within this commit, since no reader saw them as current; and everything
 * before a snapshot that is gone, since the history has a hole there.
 */
function finishSnapshotLog({ metadata, addedSnapshotIds }: Draft): readonly SnapshotLogEntry[] {
  const known = new Set(metadata.snapshots.map((snapshot) => snapshot.snapshotId));
  const hole = metadata.snapshotLog.findLastIndex((entry) => !known.has(entry.snapshotId));
  return metadata.snapshotLog
    .slice(hole + 1)
    .filter(({ snapshotId }) => snapshotId === metadata.currentSnapshotId || !addedSnapshotIds.has(snapshotId));
}

function finishMetadataLog(
  { metadata }: Draft,
  base: TableMetadata,
  previousLocation: string | undefined,
): readonly MetadataLogEntry[] {
  if (previousLocation === undefined) return metadata.metadataLog;
  const entry = { timestampMs: base.lastUpdatedMs, metadataFile: previousLocation };
  return [...metadata.metadataLog, entry].slice(-tableProperties(metadata.properties).previousMetadataMax);
}

function latest(times: readonly TimestampMs[]): TimestampMs {
  return timestampMs(times.reduce((a, b) => Math.max(a, b), 0));
}
