import { IcebergError } from "../errors.ts";
import { bind } from "../expr/bind.ts";
import { alwaysTrue, type Predicate } from "../expr/predicate.ts";
import type { ManifestRow } from "../manifest/manifest-row.ts";
import { branchHead } from "../spec/branch.ts";
import type { EntryFacts } from "../spec/file-facts.ts";
import type { SnapshotId } from "../spec/ids.ts";
import type { ManifestFile } from "../spec/manifest.ts";
import { requireSnapshot, schemaOfSnapshot } from "../spec/require-in-metadata.ts";
import type { Schema } from "../spec/schema.ts";
import { mainBranch, type Snapshot } from "../spec/snapshot.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";
import { type DeleteIndex, deleteIndex, noDeletes } from "./delete-index.ts";
import { EntryScanner } from "./entry-scanner.ts";
import { columnsWithStats, type FilePruner, filePruner } from "./file-pruner.ts";
import type { FileScanTask, ScanPlan } from "./file-scan-task.ts";
import { ScanCounters } from "./scan-counters.ts";
import { manifestsOf, type ScanSource } from "./scan-source.ts";

export interface ScanOptions {
  /** Read the table as it was then, with the columns it had then; left out: as it is now. */
  readonly snapshotId?: SnapshotId | undefined;
  /** Read what a commit to a branch builds on, with the columns the table has now. Default: `main`, where a branch begins. */
  readonly branch?: string | undefined;
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
  readonly #scanner: EntryScanner;

  /** @throws IcebergError `SNAPSHOT_NOT_FOUND`, or `INVALID_ARGUMENT` when the filter does not fit the schema */
  constructor(source: ScanSource, { snapshotId, branch, filter = alwaysTrue, statsOf = [] }: ScanOptions = {}) {
    const { metadata } = source;
    this.#source = source;
    this.#filter = filter;
    if (snapshotId === undefined) {
      this.snapshot = branchHead(metadata, branch ?? mainBranch);
      this.schema = currentSchema(metadata);
    } else {
      if (branch !== undefined) {
        throw new IcebergError(
          "INVALID_ARGUMENT",
          `a scan reads snapshot ${snapshotId} or branch "${branch}", not both`,
        );
      }
      this.snapshot = requireSnapshot(metadata, snapshotId);
      this.schema = schemaOfSnapshot(metadata, this.snapshot);
    }
    this.#pruner = filePruner(bind(filter, this.schema), metadata.partitionSpecs);
    this.#scanner = new EntryScanner(source, this.schema, columnsWithStats(this.schema, this.#pruner, statsOf));
  }

  /** Yields the files to read while the manifests are still being fetched. @throws IcebergError `FILE_NOT_FOUND`, ... */
  async *planFiles(): AsyncGenerator<FileScanTask> {
    for await (const tasks of this.#batches(new ScanCounters())) yield* tasks;
  }

  /** The whole plan, with a report of what pruning was worth. */
  async plan(): Promise<ScanPlan> {
    const { observer } = this.#source;
    const begunMs = observer?.now() ?? 0;
    const counters = new ScanCounters();
    const tasks: FileScanTask[] = [];
    for await (const batch of this.#batches(counters)) for (const task of batch) tasks.push(task);
    const { schema, snapshot } = this;
    const report = counters.report();
    if (snapshot === undefined) return { schema, tasks, report };
    const { snapshotId } = snapshot;
    const planned = { snapshotId, schema, filter: this.#filter, report };
    if (observer !== undefined) observer.planned({ ...planned, durationMs: observer.now() - begunMs });
    return { snapshotId, schema, tasks, report };
  }

  async *#batches(counters: ScanCounters): AsyncGenerator<readonly FileScanTask[]> {
    if (this.snapshot === undefined) return;
    const list = await manifestsOf(this.#source.io, this.snapshot);
    const deletes = await this.#loadDeletes(list, counters);
    yield* this.#scanner.stream(this.#manifests(list, "data", counters), (row) => this.#task(row, deletes, counters));
  }

  #task(row: ManifestRow, deletes: DeleteIndex, counters: ScanCounters): FileScanTask | undefined {
    if (row.status === "deleted") return undefined;
    const file = row.dataFile;
    const isKept = this.#pruner.keepsFile(file);
    counters.file(file, isKept);
    if (!isKept) return undefined;
    const { dataSequenceNumber } = row;
    return {
      dataFile: row.toDataFile(),
      dataSequenceNumber,
      deletes: deletes.deletesFor(file, dataSequenceNumber),
      residual: this.#pruner.residualOf(file),
    };
  }

  async #loadDeletes(list: Iterable<ManifestFile>, counters: ScanCounters): Promise<DeleteIndex> {
    const keeps = ({ status, dataFile }: EntryFacts): boolean =>
      status !== "deleted" && this.#pruner.keepsPartition(dataFile);
    // Which data a delete file reaches is told by statistics of its own columns.
    const scanner = new EntryScanner(this.#source, this.schema);
    const entries = await scanner.collect(this.#manifests(list, "deletes", counters), keeps);
    return entries.length === 0 ? noDeletes : deleteIndex(entries, this.#source.metadata);
  }

  /** Gone through while it is read: a list may be longer than what is to be kept of it. */
  *#manifests(
    list: Iterable<ManifestFile>,
    content: ManifestFile["content"],
    counters: ScanCounters,
  ): Generator<ManifestFile> {
    for (const manifest of list) {
      if (manifest.content !== content) continue;
      const keeps = this.#pruner.keepsManifest(manifest);
      counters.manifest(keeps);
      if (keeps) yield manifest;
    }
  }
}
