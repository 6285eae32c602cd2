import type { Catalog, CreateTableRequest, LoadedTable, LoadTableOptions, StagedTable } from "./catalog/catalog.ts";
import { type FileIOProvider, fileIOOf } from "./catalog/file-io-provider.ts";
import { identifierToString, type TableIdentifier } from "./catalog/table-identifier.ts";
import { IcebergError } from "./errors.ts";
import type { FileIO } from "./io/file-io.ts";
import { type ChangelogPlan, type ChangelogScanOptions, planChangelog } from "./scan/changelog-scan.ts";
import {
  type IncrementalAppendPlan,
  type IncrementalAppendScanOptions,
  planIncrementalAppend,
} from "./scan/incremental-append-scan.ts";
import type { PlanObserver } from "./scan/scan-source.ts";
import { type ScanOptions, TableScan } from "./scan/table-scan.ts";
import type { SnapshotId, TimestampMs } from "./spec/ids.ts";
import type { PartitionSpec } from "./spec/partition-spec.ts";
import { requireSnapshot, schemaOfSnapshot } from "./spec/require-in-metadata.ts";
import type { Schema } from "./spec/schema.ts";
import type { Snapshot } from "./spec/snapshot.ts";
import type { SortOrder } from "./spec/sort-order.ts";
import type { TableMetadata } from "./spec/table-metadata.ts";
import { currentSchema, defaultPartitionSpec, findSnapshot } from "./spec/table-metadata-lookups.ts";
import { unsorted } from "./spec/unsorted.ts";
import { type CommitEnvironment, systemEnvironment } from "./transaction/commit-environment.ts";
import { Transaction } from "./transaction/transaction.ts";

/** A table as it was when it was loaded. Immutable: a commit or a refresh gives another one. */
export class Table {
  readonly identifier: TableIdentifier;
  readonly metadata: TableMetadata;
  /** Undefined while the table is staged: its first commit creates it. */
  readonly metadataLocation: string | undefined;
  readonly catalog: Catalog;
  readonly io: FileIO;

  constructor(catalog: Catalog, identifier: TableIdentifier, loaded: StagedTable | LoadedTable, io: FileIO) {
    this.identifier = identifier;
    this.metadata = loaded.metadata;
    this.metadataLocation = "metadataLocation" in loaded ? loaded.metadataLocation : undefined;
    this.catalog = catalog;
    this.io = io;
  }

  get schema(): Schema {
    return currentSchema(this.metadata);
  }

  /** How new files are partitioned. */
  get spec(): PartitionSpec {
    return defaultPartitionSpec(this.metadata);
  }

  /** How the rows of new files should be sorted. */
  get sortOrder(): SortOrder {
    const { sortOrders, defaultSortOrderId } = this.metadata;
    return sortOrders.find(({ orderId }) => orderId === defaultSortOrderId) ?? unsorted;
  }

  /** Undefined while the table is empty. */
  currentSnapshot(): Snapshot | undefined {
    return findSnapshot(this.metadata, this.metadata.currentSnapshotId);
  }

  /** Of a table that was loaded with the snapshots of its refs only, see {@link withSnapshot}. @throws IcebergError `SNAPSHOT_NOT_FOUND` */
  snapshot(id: SnapshotId): Snapshot {
    return requireSnapshot(this.metadata, id);
  }

  /** The snapshot that `main` was at: by the snapshot log, which knows of rollbacks. @throws IcebergError `SNAPSHOT_NOT_FOUND` */
  snapshotAsOf(timestamp: TimestampMs): Snapshot {
    const entry = this.metadata.snapshotLog.findLast(({ timestampMs }) => timestampMs <= timestamp);
    if (entry !== undefined) return this.snapshot(entry.snapshotId);
    throw this.#notFound(`no snapshot that was current at ${new Date(timestamp).toISOString()}`);
  }

  /** The snapshot of a branch or a tag. @throws IcebergError `SNAPSHOT_NOT_FOUND` */
  snapshotByRef(name: string): Snapshot {
    const ref = this.metadata.refs[name];
    if (ref !== undefined) return this.snapshot(ref.snapshotId);
    throw this.#notFound(`no tag or branch "${name}"`);
  }

  /** The columns the table had when the snapshot was written. */
  schemaOf(snapshot: Snapshot): Schema {
    return schemaOfSnapshot(this.metadata, snapshot);
  }

  /** A read at one snapshot. @throws IcebergError `SNAPSHOT_NOT_FOUND`, `INVALID_ARGUMENT` for a filter that does not fit */
  scan(options?: ScanOptions): TableScan {
    return new TableScan({ metadata: this.metadata, io: this.io, observer: this.#observer }, options);
  }

  /** The files that appends added between two snapshots. @throws IcebergError `SNAPSHOT_NOT_FOUND` */
  async incrementalAppendScan(options?: IncrementalAppendScanOptions): Promise<IncrementalAppendPlan> {
    return planIncrementalAppend(await this.withAllSnapshots(), options);
  }

  /** The rows that came and went between two snapshots, as files and deletes to read them from. @throws IcebergError `SNAPSHOT_NOT_FOUND` */
  async changelogScan(options?: ChangelogScanOptions): Promise<ChangelogPlan> {
    return planChangelog(await this.withAllSnapshots(), options);
  }

  /** Changes that take effect together. `environment` stands in for clock and randomness. */
  newTransaction(environment?: CommitEnvironment): Transaction {
    return new Transaction(this, environment);
  }

  /** The table as it is now, with the same part of its history. @throws IcebergError `TABLE_NOT_FOUND` */
  async refresh(): Promise<Table> {
    const snapshots = this.metadata.hasSnapshotsOfRefsOnly ? "refs" : "all";
    return this.at(await this.catalog.loadTable(this.identifier, { snapshots }));
  }

  /**
   * The table with its whole history: itself, or loaded again as it is now where it was loaded with the snapshots of its
   * refs only. @throws IcebergError `TABLE_NOT_FOUND`, also when another table has taken its name
   */
  async withAllSnapshots(): Promise<Table> {
    if (!this.metadata.hasSnapshotsOfRefsOnly) return this;
    const whole = this.at(await this.catalog.loadTable(this.identifier, { snapshots: "all" }));
    if (whole.metadata.tableUuid === this.metadata.tableUuid) return whole;
    throw new IcebergError(
      "TABLE_NOT_FOUND",
      `${identifierToString(this.identifier)} was dropped and created again meanwhile; load it and decide anew`,
    );
  }

  /**
   * The table with this snapshot: itself, or loaded again in full where it was loaded with the snapshots of its refs only.
   * @throws IcebergError `SNAPSHOT_NOT_FOUND`, `TABLE_NOT_FOUND`
   */
  async withSnapshot(id: SnapshotId): Promise<Table> {
    const table = findSnapshot(this.metadata, id) === undefined ? await this.withAllSnapshots() : this;
    table.snapshot(id);
    return table;
  }

  /** This table in the state that the catalog has just answered with. */
  at(loaded: LoadedTable): Table {
    return new Table(this.catalog, this.identifier, loaded, this.io);
  }

  /** Nobody waits for a report, and none fails. */
  readonly #observer: PlanObserver = {
    now: systemEnvironment.now,
    planned: (plan) => this.catalog.reportMetrics?.(this.identifier, { kind: "scan", ...plan }),
  };

  #notFound(what: string): IcebergError {
    return new IcebergError("SNAPSHOT_NOT_FOUND", `${identifierToString(this.identifier)} has ${what}`);
  }
}

/** @throws IcebergError `TABLE_NOT_FOUND` */
export async function loadTable(
  catalog: Catalog,
  identifier: TableIdentifier,
  io: FileIOProvider,
  options?: LoadTableOptions,
): Promise<Table> {
  return tableOf(catalog, identifier, await catalog.loadTable(identifier, options), io);
}

/** Creates a table; field ids are the catalog's, so use the answer's schema. @throws IcebergError `ALREADY_EXISTS` */
export async function createTable(
  catalog: Catalog,
  identifier: TableIdentifier,
  request: CreateTableRequest,
  io: FileIOProvider,
): Promise<Table> {
  return tableOf(catalog, identifier, await catalog.createTable(identifier, request), io);
}

/**
 * A new table to be written to before anybody sees it: its first commit creates it, with all that it does, or fails.
 * @throws IcebergError `ALREADY_EXISTS`
 *
 * @example
 * const staged = await stageTable(catalog, identifier, { schema }, io);
 * const { table } = await appendRows(session, staged, { sql: "SELECT * FROM range(10) t(id)" });
 */
export async function stageTable(
  catalog: Catalog,
  identifier: TableIdentifier,
  request: CreateTableRequest,
  io: FileIOProvider,
): Promise<Table> {
  return tableOf(catalog, identifier, await catalog.stageTable(identifier, request), io);
}

function tableOf(
  catalog: Catalog,
  identifier: TableIdentifier,
  loaded: StagedTable | LoadedTable,
  io: FileIOProvider,
): Table {
  return new Table(catalog, identifier, loaded, fileIOOf(io, loaded, identifier));
}
