import type { FieldId } from "../spec/ids.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { findSnapshot } from "../spec/table-metadata-lookups.ts";
import type { AddedRowsTask, ChangelogTask, DeletedDataFileTask, DeletedRowsTask } from "./changelog-task.ts";
import { type DeleteIndex, deleteIndex, noDeletes } from "./delete-index.ts";
import { type FilePruner, hasLiveFiles } from "./file-pruner.ts";
import { mapOrdered } from "./map-ordered.ts";
import { loadEntries, loadManifests, manifestConcurrency, type ScanSource } from "./scan-source.ts";

/** A task before its place in the order of changes is known. */
export type SnapshotChange =
  | WithoutPlace<AddedRowsTask>
  | WithoutPlace<DeletedDataFileTask>
  | WithoutPlace<DeletedRowsTask>;
type WithoutPlace<T extends ChangelogTask> = Omit<T, "changeOrdinal" | "snapshotId">;

export interface WantedChanges {
  readonly schema: Schema;
  readonly pruner: FilePruner;
  readonly columns: ReadonlySet<FieldId>;
}

/** What one snapshot did to the rows of its parent. */
export class SnapshotChanges {
  readonly #source: ScanSource;
  readonly #snapshot: Snapshot;
  readonly #wanted: WantedChanges;
  #existingDeletes: Promise<DeleteIndex> | undefined;

  constructor(source: ScanSource, snapshot: Snapshot, wanted: WantedChanges) {
    this.#source = source;
    this.#snapshot = snapshot;
    this.#wanted = wanted;
  }

  /** What went first, then what came, so that a row that was replaced is not lost by whoever applies them in order. */
  async *tasks(): AsyncGenerator<SnapshotChange> {
    const { pruner } = this.#wanted;
    const manifests = (await loadManifests(this.#source.io, this.#snapshot)).filter(pruner.keepsPartitions);
    const own = manifests.filter((manifest) => manifest.addedSnapshotId === this.#snapshot.snapshotId);
    const changed = await this.#load(
      of("data", own),
      (entry) => this.#isChange(entry) && pruner.keepsFile(entry.dataFile),
    );
    const addedDeletes = await this.#index(of("deletes", own), (entry) => this.#isChange(entry));

    for (const entry of changed.filter(({ status }) => status === "deleted")) {
      const existingDeletes = (await this.#parentDeletes()).deletesFor(entry.dataFile, entry.dataSequenceNumber);
      yield { kind: "deleted-data-file", ...fileOf(entry), existingDeletes };
    }
    if (addedDeletes !== noDeletes) yield* this.#deletedRows(of("data", manifests), addedDeletes);
    for (const entry of changed.filter(({ status }) => status === "added")) {
      yield { kind: "added-rows", ...fileOf(entry), deletes: await this.#deletesOfAdded(entry, addedDeletes) };
    }
  }

  async *#deletedRows(
    dataManifests: readonly ManifestFile[],
    addedDeletes: DeleteIndex,
  ): AsyncGenerator<SnapshotChange> {
    const stayed = (entry: ManifestEntry): boolean => isAlive(entry) && !this.#isChange(entry);
    const isHit = ({ dataFile, dataSequenceNumber }: ManifestEntry): boolean =>
      addedDeletes.deletesFor(dataFile, dataSequenceNumber).length > 0 && this.#wanted.pruner.keepsFile(dataFile);
    const keep = (entry: ManifestEntry): boolean => stayed(entry) && isHit(entry);
    for await (const entries of this.#stream(dataManifests.filter(hasLiveFiles), keep)) {
      for (const entry of entries) {
        const { dataFile, dataSequenceNumber } = entry;
        yield {
          kind: "deleted-rows",
          ...fileOf(entry),
          addedDeletes: addedDeletes.deletesFor(dataFile, dataSequenceNumber),
          existingDeletes: (await this.#parentDeletes()).deletesFor(dataFile, dataSequenceNumber),
        };
      }
    }
  }

  /** Deletes that were there before reach a new file only where it claims to be older than its snapshot. */
  async #deletesOfAdded({ dataFile, dataSequenceNumber }: ManifestEntry, addedDeletes: DeleteIndex) {
    const added = addedDeletes.deletesFor(dataFile, dataSequenceNumber);
    if (dataSequenceNumber >= this.#snapshot.sequenceNumber) return added;
    return [...(await this.#parentDeletes()).deletesFor(dataFile, dataSequenceNumber), ...added];
  }

  #parentDeletes(): Promise<DeleteIndex> {
    this.#existingDeletes ??= this.#loadParentDeletes();
    return this.#existingDeletes;
  }

  async #loadParentDeletes(): Promise<DeleteIndex> {
    const parent = findSnapshot(this.#source.metadata, this.#snapshot.parentSnapshotId);
    if (parent === undefined) return noDeletes;
    const manifests = await loadManifests(this.#source.io, parent);
    return this.#index(of("deletes", manifests).filter(this.#wanted.pruner.keepsManifest), isAlive);
  }

  async #index(manifests: readonly ManifestFile[], keep: (entry: ManifestEntry) => boolean): Promise<DeleteIndex> {
    const { pruner } = this.#wanted;
    const deletes = await this.#load(
      manifests,
      (entry) => isAlive(entry) && keep(entry) && pruner.keepsPartition(entry.dataFile),
    );
    return deletes.length === 0 ? noDeletes : deleteIndex(deletes, this.#source.metadata.partitionSpecs);
  }

  async #load(manifests: readonly ManifestFile[], keep: (entry: ManifestEntry) => boolean): Promise<ManifestEntry[]> {
    const loaded: ManifestEntry[] = [];
    for await (const entries of this.#stream(manifests, keep)) loaded.push(...entries);
    return loaded;
  }

  #stream(manifests: readonly ManifestFile[], keep: (entry: ManifestEntry) => boolean) {
    const { schema, columns } = this.#wanted;
    return mapOrdered(manifests, manifestConcurrency, (manifest) =>
      loadEntries(this.#source, manifest, schema, columns, keep),
    );
  }

  #isChange({ status, snapshotId }: ManifestEntry): boolean {
    return status !== "existing" && snapshotId === this.#snapshot.snapshotId;
  }
}

const isAlive = ({ status }: ManifestEntry): boolean => status !== "deleted";

const of = (content: ManifestFile["content"], manifests: readonly ManifestFile[]): readonly ManifestFile[] =>
  manifests.filter((manifest) => manifest.content === content);

const fileOf = ({ dataFile, dataSequenceNumber }: ManifestEntry) => ({ dataFile, dataSequenceNumber });
