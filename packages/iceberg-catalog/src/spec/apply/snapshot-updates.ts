import { IcebergError } from "../../errors.ts";
import type { SequenceNumber, SnapshotId } from "../ids.ts";
import type { Snapshot } from "../snapshot.ts";
import type { TableMetadata } from "../table-metadata.ts";
import { findSnapshot } from "../table-metadata-lookups.ts";
import { type Draft, edited, refused } from "./draft.ts";
import { removeSnapshotRef } from "./ref-updates.ts";
import { removePartitionStatistics, removeStatistics } from "./statistics-updates.ts";

/**
 * Sequence numbers only grow, which is what orders deletes after the data they apply to. One that is taken was drawn from
 * a base that another commit, to whatever branch, has overtaken: a conflict. A snapshot without a parent has no data that
 * deletes could apply to: when it replaces a table, others may have committed meanwhile.
 */
export function addSnapshot(draft: Draft, snapshot: Snapshot): Draft {
  const { metadata } = draft;
  if (findSnapshot(metadata, snapshot.snapshotId) !== undefined) {
    throw refused(`snapshot ${snapshot.snapshotId} is already there`);
  }
  const continues = metadata.formatVersion > 1 && snapshot.parentSnapshotId !== undefined;
  if (continues && snapshot.sequenceNumber <= metadata.lastSequenceNumber) {
    throw new IcebergError(
      "COMMIT_CONFLICT",
      `sequence number ${snapshot.sequenceNumber} is not above the last, ${metadata.lastSequenceNumber}: refresh the table and try again`,
    );
  }
  const draftWithSnapshot = edited(draft, {
    snapshots: [...metadata.snapshots, snapshot],
    lastSequenceNumber: metadata.formatVersion > 1 ? later(snapshot, metadata) : metadata.lastSequenceNumber,
  });
  return { ...draftWithSnapshot, addedSnapshotIds: new Set([...draft.addedSnapshotIds, snapshot.snapshotId]) };
}

function later({ sequenceNumber }: Snapshot, { lastSequenceNumber }: TableMetadata): SequenceNumber {
  return sequenceNumber > lastSequenceNumber ? sequenceNumber : lastSequenceNumber;
}

/** Removes the snapshots together with the refs and statistics that hang on them; ids that are not there are no error. */
export function removeSnapshots(draft: Draft, ids: readonly SnapshotId[]): Draft {
  const { snapshots, refs } = draft.metadata;
  const doomed = new Set(ids);
  const withoutRefs = Object.entries(refs)
    .filter(([, ref]) => doomed.has(ref.snapshotId))
    .reduce((current, [name]) => removeSnapshotRef(current, name), draft);
  const withoutStatistics = ids.reduce(
    (current, id) => removePartitionStatistics(removeStatistics(current, id), id),
    withoutRefs,
  );
  return edited(withoutStatistics, { snapshots: snapshots.filter((snapshot) => !doomed.has(snapshot.snapshotId)) });
}
