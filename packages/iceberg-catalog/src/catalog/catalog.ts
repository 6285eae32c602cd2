import type { Schema } from "../spec/schema.ts";
import type { SortOrder } from "../spec/sort-order.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { TableRequirement } from "../spec/table-requirement.ts";
import type { TableUpdate, UnboundPartitionSpec } from "../spec/table-update.ts";
import type { MetricsReport } from "./metrics-report.ts";
import type { Namespace, TableIdentifier } from "./table-identifier.ts";

/** The catalog operations of the Iceberg REST specification. Verbs are its operation ids. */
export interface Catalog {
  listNamespaces(parent?: Namespace): Promise<readonly Namespace[]>;
  /** @throws IcebergError `ALREADY_EXISTS` */
  createNamespace(namespace: Namespace, properties?: Readonly<Record<string, string>>): Promise<void>;
  /** The namespace's properties. @throws IcebergError `NAMESPACE_NOT_FOUND` */
  loadNamespace(namespace: Namespace): Promise<Readonly<Record<string, string>>>;
  namespaceExists(namespace: Namespace): Promise<boolean>;
  updateNamespaceProperties(namespace: Namespace, changes: PropertyChanges): Promise<void>;
  /** @throws IcebergError `NAMESPACE_NOT_EMPTY` */
  dropNamespace(namespace: Namespace): Promise<void>;

  listTables(namespace: Namespace): Promise<readonly TableIdentifier[]>;
  /** @throws IcebergError `ALREADY_EXISTS`, `NAMESPACE_NOT_FOUND` */
  createTable(identifier: TableIdentifier, request: CreateTableRequest): Promise<LoadedTable>;
  /** A table that a commit with `assert-create` will create: nobody sees it before. @throws IcebergError as `createTable` */
  stageTable(identifier: TableIdentifier, request: CreateTableRequest): Promise<StagedTable>;
  /** @throws IcebergError `TABLE_NOT_FOUND` */
  loadTable(identifier: TableIdentifier, options?: LoadTableOptions): Promise<LoadedTable>;
  tableExists(identifier: TableIdentifier): Promise<boolean>;
  /** @throws IcebergError `COMMIT_CONFLICT` when nothing was written, `COMMIT_STATE_UNKNOWN` when nobody knows */
  updateTable(identifier: TableIdentifier, commit: TableCommit): Promise<LoadedTable>;
  dropTable(identifier: TableIdentifier, options?: { readonly purge?: boolean }): Promise<void>;
  renameTable(from: TableIdentifier, to: TableIdentifier): Promise<void>;
  /** With `overwrite` a table of that name becomes the registered one. */
  registerTable(
    identifier: TableIdentifier,
    metadataLocation: string,
    options?: { readonly overwrite?: boolean },
  ): Promise<LoadedTable>;
  /** Whether the catalog says that it knows {@link commitTransaction}. */
  readonly hasTransactions: boolean;
  /** Commits to several tables at once, all or none. */
  commitTransaction(changes: readonly IdentifiedCommit[]): Promise<void>;
  /** Tells the catalog what a scan or a commit took, where it wants to know. Returns at once and never fails. */
  reportMetrics?(identifier: TableIdentifier, report: MetricsReport): void;
}

export interface PropertyChanges {
  readonly updates?: Readonly<Record<string, string>>;
  readonly removals?: readonly string[];
}

/** The server assigns fresh field ids: use the schema of the answer. */
export interface CreateTableRequest {
  readonly schema: Schema;
  readonly location?: string;
  readonly partitionSpec?: UnboundPartitionSpec;
  readonly sortOrder?: SortOrder;
  readonly properties?: Readonly<Record<string, string>>;
}

export interface LoadTableOptions {
  /** `refs`: only those that branches and tags point at, which is less to load where there is a long history. */
  readonly snapshots?: SnapshotsMode;
}

/** Which snapshots a table is loaded with. */
export type SnapshotsMode = "all" | "refs";

export interface LoadedTable extends StagedTable {
  readonly metadataLocation: string;
}

/** A table that has no metadata file yet, since nothing is committed. */
export interface StagedTable {
  readonly metadata: TableMetadata;
  /** What the catalog says about reaching the table's files (`s3.endpoint`, ...). May hold secrets. */
  readonly config: Readonly<Record<string, string>>;
  /** Vended credentials; none unless they were asked for. */
  readonly storageCredentials: readonly StorageCredential[];
}

/** How to reach the files whose locations begin with `prefix`; the longest such prefix counts. Holds secrets. */
export interface StorageCredential {
  readonly prefix: string;
  readonly config: Readonly<Record<string, string>>;
}

/** A change of one table as data: what must hold, and what to do. */
export interface TableCommit {
  readonly requirements: readonly TableRequirement[];
  readonly updates: readonly TableUpdate[];
}

export interface IdentifiedCommit extends TableCommit {
  readonly identifier: TableIdentifier;
}
