import type { SnapshotId } from "../ids.ts";
import type { JsonValue } from "../json.ts";
import { statisticsSnapshotId } from "../statistics-file.ts";
import { type Draft, edited } from "./draft.ts";

/** A snapshot has one statistics file at most: a new one replaces it. */
export function setStatistics(draft: Draft, file: JsonValue): Draft {
  return edited(draft, { statistics: replaced(draft.metadata.statistics, file) });
}

export function removeStatistics(draft: Draft, id: SnapshotId): Draft {
  return edited(draft, { statistics: without(draft.metadata.statistics, id) });
}

export function setPartitionStatistics(draft: Draft, file: JsonValue): Draft {
  return edited(draft, { partitionStatistics: replaced(draft.metadata.partitionStatistics, file) });
}

export function removePartitionStatistics(draft: Draft, id: SnapshotId): Draft {
  return edited(draft, { partitionStatistics: without(draft.metadata.partitionStatistics, id) });
}

function replaced(files: readonly JsonValue[], file: JsonValue): readonly JsonValue[] {
  return [...without(files, statisticsSnapshotId(file)), file];
}

function without(files: readonly JsonValue[], id: bigint): readonly JsonValue[] {
  return files.filter((file) => statisticsSnapshotId(file) !== id);
}
