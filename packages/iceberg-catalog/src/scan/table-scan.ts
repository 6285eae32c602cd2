import { bind } from "../expr/bind.ts";
import { alwaysTrue, type Predicate } from "../expr/predicate.ts";
import type { FieldId, SnapshotId } from "../spec/ids.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { requireSnapshot, schemaOfSnapshot } from "../spec/require-in-metadata.ts";
import type { Schema } from "../spec/schema.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { currentSchema, findSnapshot } from "../spec/table-metadata-lookups.ts";
import { type DeleteIndex, deleteIndex, noDeletes } from "./delete-index.ts";
import { columnsWithStats, type FilePruner, filePruner } from "./file-pruner.ts";
import type { FileScanTask, ScanPlan } from "./file-scan-task.ts";
import { mapOrdered } from "./map-ordered.ts";
import { ScanCounters } from "./scan-counters.ts";
import { loadEntries, loadManifests, manifestConcurrency, type ScanSource } from "./scan-source.ts";

export interface ScanOptions {
  /** Read the table as it was then, with the columns it had then; left out: as it is now. */
  readonly snapshotId?: SnapshotId;
  /** Rows that are wanted. Files are left out where no row can match; the rows themselves are for the reader to filter. */
  readonly filter?: Predicate;
  /** Columns whose counts and bounds the tasks shall carry, besides those of the filter. */
  readonly statsOf?: readonly string[];
}

/** A read of a table at one snapshot (spec, "Scan Planning"). */
export class TableScan {
  /** Absent while the table is empty. */
  readonly snapshot: Snapshot | undefined;
  readonly schema: Schema;
  readonly #source: ScanSource;
  readonly #pruner: FilePruner;
  readonly #filter: Predicate;
  readonly #statsOf: ReadonlySet<FieldId>;

  /** @throws IcebergError `SNAPSHOT_NOT_FOUND`, or `INVALID_ARGUMENT` when the filter does not fit the schema */
  constructor(source: ScanSource, { snapshotId, filter = alwaysTrue, statsOf = [] }: ScanOptions = {}) {
    const { metadata } = source;
    this.#source = source;
    this.#filter = filter;
    if (snapshotId === undefined) {
      this.snapshot = findSnapshot(metadata, metadata.currentSnapshotId);
      this.schema = currentSchema(metadata);
    } else {
      this.snapshot = requireSnapshot(metadata, snapshotId);
      this.schema = schemaOfSnapshot(metadata, this.snapshot);
    }
    this.#pruner = filePruner(bind(filter, this.schema), metadata.partitionSpecs);
    this.#statsOf = columnsWithStats(this.schema, this.#pruner, statsOf);
  }

  /** Yields the files to read while the manifests are still being fetched. @throws IcebergError `FILE_NOT_FOUND`, ... */
  planFiles(): AsyncGenerator<FileScanTask> {
    return this.#tasks(new ScanCounters());
  }

  /** The whole plan, with a report of what pruning was worth. */
  async plan(): Promise<ScanPlan> {
    const counters = new ScanCounters();
    const tasks: FileScanTask[] = [];
    for await (const task of this.#tasks(counters)) tasks.push(task);
    const { schema, snapshot } = this;
    const report = counters.report();
    if (snapshot === undefined) return { schema, tasks, report };
    const { snapshotId } = snapshot;
    this.#source.onPlan?.({ snapshotId, schema, filter: this.#filter, report });
    return { snapshotId, schema, tasks, report };
  }

  async *#tasks(counters: ScanCounters): AsyncGenerator<FileScanTask> {
    if (this.snapshot === undefined) return;
    const manifests = await loadManifests(this.#source.io, this.snapshot);
    const kept = manifests.filter((manifest) => this.#pruner.keepsManifest(manifest));
    counters.manifests(manifests.length, kept.length);
    const deletes = await this.#loadDeletes(kept.filter((manifest) => manifest.content === "deletes"));
    const dataManifests = kept.filter((manifest) => manifest.content === "data");
    const keepsFile = (entry: ManifestEntry): boolean => {
      if (entry.status === "deleted") return false;
      const keeps = this.#pruner.keepsFile(entry.dataFile);
      counters.file(entry.dataFile, keeps);
      return keeps;
    };
    for await (const entries of this.#load(dataManifests, keepsFile)) {
      for (const { dataFile, dataSequenceNumber } of entries) {
        yield { dataFile, dataSequenceNumber, deletes: deletes.deletesFor(dataFile, dataSequenceNumber) };
      }
    }
  }

  async #loadDeletes(manifests: readonly ManifestFile[]): Promise<DeleteIndex> {
    if (manifests.length === 0) return noDeletes;
    const all: ManifestEntry[] = [];
    const keeps = (entry: ManifestEntry): boolean =>
      entry.status !== "deleted" && this.#pruner.keepsPartition(entry.dataFile);
    for await (const entries of this.#load(manifests, keeps)) all.push(...entries);
    return deleteIndex(all, this.#source.metadata.partitionSpecs);
  }

  #load(
    manifests: readonly ManifestFile[],
    keep: (entry: ManifestEntry) => boolean,
  ): AsyncGenerator<readonly ManifestEntry[]> {
    return mapOrdered(manifests, manifestConcurrency, (manifest) =>
      loadEntries(this.#source, manifest, this.schema, this.#statsOf, keep),
    );
  }
}
