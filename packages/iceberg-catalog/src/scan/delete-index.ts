import type { FileFacts } from "../spec/file-facts.ts";
import type { SequenceNumber, SpecId } from "../spec/ids.ts";
import type { ManifestEntry, PartitionTuple } from "../spec/manifest.ts";
import { partitionKey } from "../spec/partition-key.ts";
import { isUnpartitioned } from "../spec/partition-type.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { columnTypes } from "./column-types.ts";
import { equalityReach } from "./equality-reach.ts";
import type { DeleteFile } from "./file-scan-task.ts";
import { positionReach, type Reach } from "./position-reach.ts";
import { unlessRepeated } from "./unless-repeated.ts";

/** Finds the delete files that apply to a data file (spec, "Scan Planning"). */
export interface DeleteIndex {
  deletesFor(dataFile: FileFacts, dataSequenceNumber: SequenceNumber): readonly DeleteFile[];
}

export const noDeletes: DeleteIndex = { deletesFor: () => [] };

/** A delete file, the newest data it applies to, and which of that data it can take rows out of. */
interface IndexedDelete {
  readonly file: DeleteFile;
  readonly upTo: bigint;
  readonly reaches: Reach;
}

/**
 * A delete file applies to data of its own partition and spec, an equality delete of an unpartitioned spec to all data.
 * Position deletes reach data of the same commit, equality deletes only older data. Where their bounds show that no row of a
 * data file can be meant, they are left out.
 */
export function deleteIndex(
  entries: readonly ManifestEntry[],
  metadata: Pick<TableMetadata, "partitionSpecs" | "schemas">,
): DeleteIndex {
  const unpartitioned = new Set(metadata.partitionSpecs.filter(isUnpartitioned).map((spec) => spec.specId));
  const types = columnTypes(metadata.schemas);
  const everywhere = new DeleteGroup();
  const byPath = new Map<string, DeleteGroup>();
  const byPartition = new Map<string, DeleteGroup>();
  for (const { dataFile, dataSequenceNumber } of entries) {
    const file = { ...dataFile, dataSequenceNumber };
    if (file.content === "position-deletes") {
      const { path, reaches } = positionReach(file);
      const partition = partitionKey(file.specId, file.partition);
      const group = path === undefined ? groupOf(byPartition, partition) : groupOf(byPath, `${partition} ${path}`);
      group.add({ file, upTo: dataSequenceNumber, reaches });
    } else if (file.content === "equality-deletes") {
      const isGlobal = unpartitioned.has(file.specId);
      const group = isGlobal ? everywhere : groupOf(byPartition, partitionKey(file.specId, file.partition));
      group.add({ file, upTo: dataSequenceNumber - 1n, reaches: equalityReach(file, types) });
    }
  }
  const keyOf = unlessRepeated((specId: SpecId, partition: PartitionTuple) => partitionKey(specId, partition));
  return {
    deletesFor: (dataFile, age) => {
      const key = keyOf(dataFile.specId, dataFile.partition);
      const local = byPartition.get(key);
      const own = byPath.size === 0 ? undefined : byPath.get(`${key} ${dataFile.filePath}`);
      const found: DeleteFile[] = [];
      for (const group of [everywhere, local, own]) group?.find(dataFile, age, found);
      return found;
    },
  };
}

function groupOf(groups: Map<string, DeleteGroup>, key: string): DeleteGroup {
  const group = groups.get(key) ?? new DeleteGroup();
  groups.set(key, group);
  return group;
}

/** Deletes of one place, the ones that reach the newest data last. */
class DeleteGroup {
  readonly #deletes: IndexedDelete[] = [];
  #isSorted = true;

  add(indexed: IndexedDelete): void {
    this.#deletes.push(indexed);
    this.#isSorted = false;
  }

  find(dataFile: FileFacts, age: SequenceNumber, found: DeleteFile[]): void {
    if (!this.#isSorted) this.#sort();
    for (let i = this.#deletes.length - 1; i >= 0; i--) {
      const { file, upTo, reaches } = this.#deletes[i] as IndexedDelete;
      if (upTo < age) return;
      if (reaches(dataFile)) found.push(file);
    }
  }

  #sort(): void {
    this.#deletes.sort((a, b) => Number(a.upTo > b.upTo) - Number(a.upTo < b.upTo));
    this.#isSorted = true;
  }
}
