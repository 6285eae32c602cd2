import type { SequenceNumber } from "../spec/ids.ts";
import type { DataFile, ManifestEntry } from "../spec/manifest.ts";
import { partitionKey } from "../spec/partition-key.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import { isUnpartitioned } from "../spec/partition-type.ts";

/** Finds the delete files that apply to a data file (spec, "Scan Planning"). */
export interface DeleteIndex {
  deletesFor(dataFile: DataFile, dataSequenceNumber: SequenceNumber): readonly DataFile[];
}

export const noDeletes: DeleteIndex = { deletesFor: () => [] };

/**
 * A delete file applies to data of its own partition and spec, an equality delete of an unpartitioned spec to all data.
 * Position deletes reach data of the same commit, equality deletes only older data.
 */
export function deleteIndex(entries: readonly ManifestEntry[], specs: readonly PartitionSpec[]): DeleteIndex {
  const unpartitioned = new Set(specs.filter(isUnpartitioned).map((spec) => spec.specId));
  const isGlobal = ({ content, specId }: DataFile): boolean =>
    content === "equality-deletes" && unpartitioned.has(specId);

  const global = entries.filter((entry) => isGlobal(entry.dataFile));
  const byPartition = new Map<string, ManifestEntry[]>();
  for (const entry of entries) {
    if (isGlobal(entry.dataFile)) continue;
    const key = partitionKey(entry.dataFile.specId, entry.dataFile.partition);
    const sharing = byPartition.get(key);
    if (sharing === undefined) byPartition.set(key, [entry]);
    else sharing.push(entry);
  }

  return {
    deletesFor: (dataFile, dataSequenceNumber) => {
      const local = byPartition.get(partitionKey(dataFile.specId, dataFile.partition)) ?? [];
      return [...global, ...local].filter((entry) => reaches(entry, dataSequenceNumber)).map((entry) => entry.dataFile);
    },
  };
}

function reaches({ dataFile, dataSequenceNumber }: ManifestEntry, data: SequenceNumber): boolean {
  switch (dataFile.content) {
    case "position-deletes":
      return data <= dataSequenceNumber;
    case "equality-deletes":
      return data < dataSequenceNumber;
    case "data":
      return false;
  }
}
