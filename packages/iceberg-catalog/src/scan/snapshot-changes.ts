import type { ManifestRow } from "../manifest/manifest-row.ts";
import type { EntryFacts } from "../spec/file-facts.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { currentSchema, findSnapshot } from "../spec/table-metadata-lookups.ts";
import type { AddedRowsTask, ChangelogTask, DeletedDataFileTask, DeletedRowsTask } from "./changelog-task.ts";
import { type DeleteIndex, deleteIndex, noDeletes } from "./delete-index.ts";
import { EntryScanner } from "./entry-scanner.ts";
import { type FilePruner, hasLiveFiles } from "./file-pruner.ts";
import { manifestsOf, type ScanSource } from "./scan-source.ts";

/** A task before its place in the order of changes is known. */
export type SnapshotChange =
  | WithoutPlace<AddedRowsTask>
  | WithoutPlace<DeletedDataFileTask>
  | WithoutPlace<DeletedRowsTask>;
type WithoutPlace<T extends ChangelogTask> = Omit<T, "changeOrdinal" | "snapshotId">;

/** What one snapshot did to the rows of its parent. */
export class SnapshotChanges {
  readonly #source: ScanSource;
  readonly #snapshot: Snapshot;
  readonly #pruner: FilePruner;
  readonly #scanner: EntryScanner;
  readonly #deleteScanner: EntryScanner;
  #existingDeletes: Promise<DeleteIndex> | undefined;

  constructor(source: ScanSource, snapshot: Snapshot, pruner: FilePruner, scanner: EntryScanner) {
    this.#source = source;
    this.#snapshot = snapshot;
    this.#pruner = pruner;
    this.#scanner = scanner;
    this.#deleteScanner = new EntryScanner(source, currentSchema(source.metadata));
  }

  /** What went first, then what came, so that a row that was replaced is not lost by whoever applies them in order. */
  async *tasks(): AsyncGenerator<SnapshotChange> {
    const pruner = this.#pruner;
    const manifests = (await this.#manifestsOf(this.#snapshot)).filter(pruner.keepsPartitions);
    const own = manifests.filter((manifest) => manifest.addedSnapshotId === this.#snapshot.snapshotId);
    const changed = await this.#scanner.collect(
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
    const take = (row: ManifestRow) => {
      if (!isAlive(row) || this.#isChange(row) || !this.#pruner.keepsFile(row.dataFile)) return undefined;
      const added = addedDeletes.deletesFor(row.dataFile, row.dataSequenceNumber);
      return added.length === 0 ? undefined : { entry: row.toEntry(), added };
    };
    for await (const hits of this.#scanner.stream(dataManifests.filter(hasLiveFiles), take)) {
      for (const { entry, added } of hits) {
        const { dataFile, dataSequenceNumber } = entry;
        const existingDeletes = (await this.#parentDeletes()).deletesFor(dataFile, dataSequenceNumber);
        yield { kind: "deleted-rows", ...fileOf(entry), addedDeletes: added, existingDeletes };
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
    const manifests = await this.#manifestsOf(parent);
    return this.#index(of("deletes", manifests).filter(this.#pruner.keepsManifest), isAlive);
  }

  async #index(manifests: readonly ManifestFile[], keep: (entry: EntryFacts) => boolean): Promise<DeleteIndex> {
    const deletes = await this.#deleteScanner.collect(
      manifests,
      (entry) => isAlive(entry) && keep(entry) && this.#pruner.keepsPartition(entry.dataFile),
    );
    return deletes.length === 0 ? noDeletes : deleteIndex(deletes, this.#source.metadata);
  }

  async #manifestsOf(snapshot: Snapshot): Promise<readonly ManifestFile[]> {
    return [...(await manifestsOf(this.#source.io, snapshot))];
  }

  #isChange({ status, snapshotId }: EntryFacts): boolean {
    return status !== "existing" && snapshotId === this.#snapshot.snapshotId;
  }
}

const isAlive = ({ status }: EntryFacts): boolean => status !== "deleted";

const of = (content: ManifestFile["content"], manifests: readonly ManifestFile[]): readonly ManifestFile[] =>
  manifests.filter((manifest) => manifest.content === content);

const fileOf = ({ dataFile, dataSequenceNumber }: ManifestEntry) => ({ dataFile, dataSequenceNumber });
