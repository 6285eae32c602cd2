import type { DataFile, FileContent } from "../spec/manifest.ts";
import { partitionKey } from "../spec/partition-key.ts";
import type { Operation, Snapshot, SnapshotSummary } from "../spec/snapshot.ts";

/** The files that a snapshot brings and takes, of any content. */
export interface FileChange {
  readonly added: readonly DataFile[];
  readonly removed: readonly DataFile[];
}

/**
 * The summary of a snapshot (spec, "Optional Snapshot Summary Fields"): what it added and removed, where that is not
 * nothing, and running totals. A total that the parent does not know stays unknown. What the caller adds cannot pass for
 * one of the counters.
 */
export function changeSummary(
  operation: Operation,
  change: FileChange,
  parent: Snapshot | undefined,
  extra: Readonly<Record<string, string>>,
): SnapshotSummary {
  const [added, removed] = [countFiles(change.added), countFiles(change.removed)];
  const partitions = new Set([...change.added, ...change.removed].map((f) => partitionKey(f.specId, f.partition)));
  return {
    operation,
    properties: {
      ...extra,
      ...nonZero({
        "added-data-files": added.dataFiles,
        "deleted-data-files": removed.dataFiles,
        "added-records": added.records,
        "deleted-records": removed.records,
        "added-delete-files": added.deleteFiles,
        "removed-delete-files": removed.deleteFiles,
        "added-position-delete-files": added.positionDeleteFiles,
        "removed-position-delete-files": removed.positionDeleteFiles,
        "added-equality-delete-files": added.equalityDeleteFiles,
        "removed-equality-delete-files": removed.equalityDeleteFiles,
        "added-position-deletes": added.positionDeletes,
        "removed-position-deletes": removed.positionDeletes,
        "added-equality-deletes": added.equalityDeletes,
        "removed-equality-deletes": removed.equalityDeletes,
        "added-files-size": added.size,
        "removed-files-size": removed.size,
      }),
      "changed-partition-count": String(partitions.size),
      ...totals(parent, {
        "total-data-files": added.dataFiles - removed.dataFiles,
        "total-records": added.records - removed.records,
        "total-files-size": added.size - removed.size,
        "total-delete-files": added.deleteFiles - removed.deleteFiles,
        "total-position-deletes": added.positionDeletes - removed.positionDeletes,
        "total-equality-deletes": added.equalityDeletes - removed.equalityDeletes,
      }),
    },
  };
}

function countFiles(files: readonly DataFile[]) {
  const of = (content: FileContent) => files.filter((file) => file.content === content);
  const [data, position, equality] = [of("data"), of("position-deletes"), of("equality-deletes")];
  return {
    dataFiles: BigInt(data.length),
    records: records(data),
    deleteFiles: BigInt(position.length + equality.length),
    positionDeleteFiles: BigInt(position.length),
    positionDeletes: records(position),
    equalityDeleteFiles: BigInt(equality.length),
    equalityDeletes: records(equality),
    size: files.reduce((total, file) => total + file.fileSizeInBytes, 0n),
  };
}

const records = (files: readonly DataFile[]): bigint => files.reduce((total, file) => total + file.recordCount, 0n);

function nonZero(counts: Readonly<Record<string, bigint>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(counts).flatMap(([name, n]) => (n === 0n ? [] : [[name, String(n)]])));
}

function totals(
  parent: Snapshot | undefined,
  changes: Readonly<Record<string, bigint>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(changes).flatMap(([name, change]) => {
      const before = parent === undefined ? "0" : parent.summary.properties[name];
      return before !== undefined && /^\d+$/.test(before) ? [[name, String(BigInt(before) + change)]] : [];
    }),
  );
}
