import type { DataFile } from "../spec/manifest.ts";
import { partitionKey } from "../spec/partition-key.ts";
import type { Snapshot, SnapshotSummary } from "../spec/snapshot.ts";

/**
 * The summary of an append: what it added, and running totals. A total that the parent does not know stays unknown. What
 * the caller adds cannot pass for one of the counters.
 */
export function appendSummary(
  files: readonly DataFile[],
  parent: Snapshot | undefined,
  extra: Readonly<Record<string, string>>,
): SnapshotSummary {
  const added = {
    files: BigInt(files.length),
    records: sum(files, (file) => file.recordCount),
    size: sum(files, (file) => file.fileSizeInBytes),
  };
  const partitions = new Set(files.map((file) => partitionKey(file.specId, file.partition)));
  return {
    operation: "append",
    properties: {
      ...extra,
      "added-data-files": String(added.files),
      "added-records": String(added.records),
      "added-files-size": String(added.size),
      "changed-partition-count": String(partitions.size),
      ...totals(parent, {
        "total-data-files": added.files,
        "total-records": added.records,
        "total-files-size": added.size,
        "total-delete-files": 0n,
        "total-position-deletes": 0n,
        "total-equality-deletes": 0n,
      }),
    },
  };
}

function totals(
  parent: Snapshot | undefined,
  added: Readonly<Record<string, bigint>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(added).flatMap(([name, count]) => {
      const before = parent === undefined ? "0" : parent.summary.properties[name];
      return before !== undefined && /^\d+$/.test(before) ? [[name, String(BigInt(before) + count)]] : [];
    }),
  );
}

const sum = (files: readonly DataFile[], of: (file: DataFile) => bigint): bigint =>
  files.reduce((total, file) => total + of(file), 0n);
