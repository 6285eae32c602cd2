import type { IdentifiedCommit } from "../catalog/catalog.ts";
import type { SnapshotId, TimestampMs } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { PartitionSpecUpdate } from "../spec/partition-spec-evolution.ts";
import type { SchemaUpdate } from "../spec/schema-evolution.ts";
import { mainBranch } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { Table } from "../table.ts";
import type { TransactionAction } from "./action.ts";
import { changeFiles, type FileRewrite, type RowChange, rewriteFiles } from "./change-files.ts";
import { cherryPick, publishStaged } from "./cherry-pick.ts";
import { type CommitOptions, commit, prepareCommit } from "./commit.ts";
import { type CommitEnvironment, systemEnvironment } from "./commit-environment.ts";
import { type AppendOptions, fastAppend } from "./fast-append.ts";
import { mergeAppend } from "./merge-append.ts";
import { fastForwardBranch, rollbackTo, rollbackToTime, setCurrentSnapshot } from "./move-branch.ts";
import { type ChooseSnapshots, removeSnapshots } from "./remove-snapshots.ts";
import { removeUnusedDefinitions } from "./remove-unused-definitions.ts";
import { type RewriteManifestsOptions, rewriteManifests } from "./rewrite-manifests.ts";
import { replaceSortOrder, type SortBy, updateLocation, updateSpec, upgradeFormatVersion } from "./update-layout.ts";
import { removeProperties, setProperties } from "./update-properties.ts";
import {
  type BranchRetention,
  createBranch,
  createTag,
  type RetentionChange,
  removeRef,
  replaceRef,
  setRetention,
  type TagRetention,
} from "./update-refs.ts";
import { updateSchema } from "./update-schema.ts";
import { validate } from "./validate.ts";

/** Changes of one table that take effect together, in the order in which they were asked for. Immutable. */
export class Transaction {
  readonly #table: Table;
  readonly #actions: readonly (() => TransactionAction)[];
  readonly #environment: CommitEnvironment;

  constructor(
    table: Table,
    environment: CommitEnvironment = systemEnvironment,
    actions: readonly (() => TransactionAction)[] = [],
  ) {
    this.#table = table;
    this.#environment = environment;
    this.#actions = actions;
  }

  /** Adds data files as a new snapshot, in manifests of their own. @throws on commit: IcebergError `INVALID_ARGUMENT` for a path given twice */
  fastAppend(files: readonly DataFile[], options?: AppendOptions): Transaction {
    return this.#with(() => fastAppend(files, options));
  }

  /**
   * Adds data files as a new snapshot, and merges manifests where many small ones have gathered.
   *
   * @throws on commit: IcebergError `INVALID_ARGUMENT` for a path given twice
   */
  append(files: readonly DataFile[], options?: AppendOptions): Transaction {
    return this.#with(() => mergeAppend(files, options));
  }

  /**
   * Adds and removes files, and deletes rows of files that stay, as a new snapshot: overwrite, delete and row delta are
   * all of this kind.
   *
   * @throws on commit: IcebergError `VALIDATION_FAILED` when others changed meanwhile what the change was computed from
   */
  changeFiles(change: RowChange): Transaction {
    return this.#with(() => changeFiles(change));
  }

  /**
   * Puts the same rows in other files, as a `replace` snapshot.
   *
   * @throws on commit: IcebergError `VALIDATION_FAILED` when a file is gone, or rows of it were deleted by position meanwhile
   */
  rewriteFiles(rewrite: FileRewrite): Transaction {
    return this.#with(() => rewriteFiles(rewrite));
  }

  /**
   * Lays out the manifests anew, so that files of a partition stand together and scans open few manifests; no file changes.
   */
  rewriteManifests(options?: RewriteManifestsOptions): Transaction {
    return this.#with(() => rewriteManifests(options));
  }

  updateSchema(change: (update: SchemaUpdate) => void): Transaction {
    return this.#with(() => updateSchema(change));
  }

  /** Changes how new files are partitioned. @throws on commit: IcebergError `INVALID_ARGUMENT` */
  updateSpec(change: (update: PartitionSpecUpdate) => void): Transaction {
    return this.#with(() => updateSpec(change));
  }

  /** Sets how the rows of new files should be sorted; no columns: not at all. @throws on commit: IcebergError `INVALID_ARGUMENT` */
  replaceSortOrder(columns: readonly SortBy[]): Transaction {
    return this.#with(() => replaceSortOrder(columns));
  }

  /** Sets where new files go; files that are there stay. */
  updateLocation(location: string): Transaction {
    return this.#with(() => updateLocation(location));
  }

  /** Upgrades a table of format 1 to 2, for good. @throws on commit: IcebergError `UNSUPPORTED`, `INVALID_ARGUMENT` for a way back */
  upgradeFormatVersion(version: number): Transaction {
    return this.#with(() => upgradeFormatVersion(version));
  }

  setProperties(updates: Readonly<Record<string, string>>): Transaction {
    return this.#with(() => setProperties(updates));
  }

  removeProperties(names: readonly string[]): Transaction {
    return this.#with(() => removeProperties(names));
  }

  /** @throws on commit: IcebergError `SNAPSHOT_NOT_FOUND`, `ALREADY_EXISTS` */
  createTag(name: string, snapshotId: SnapshotId, retention?: TagRetention): Transaction {
    return this.#with(() => createTag(name, snapshotId, retention));
  }

  /** @throws on commit: IcebergError `SNAPSHOT_NOT_FOUND`, `ALREADY_EXISTS` */
  createBranch(name: string, snapshotId: SnapshotId, retention?: BranchRetention): Transaction {
    return this.#with(() => createBranch(name, snapshotId, retention));
  }

  /** @throws on commit: IcebergError `INVALID_ARGUMENT` for `main` and for what is not there */
  removeRef(name: string): Transaction {
    return this.#with(() => removeRef(name));
  }

  /** Points a tag at another snapshot. @throws on commit: IcebergError `SNAPSHOT_NOT_FOUND`, `INVALID_ARGUMENT` */
  replaceTag(name: string, snapshotId: SnapshotId): Transaction {
    return this.#with(() => replaceRef("tag", name, snapshotId));
  }

  /** Points a branch at any snapshot of the table. @throws on commit: IcebergError `SNAPSHOT_NOT_FOUND`, `INVALID_ARGUMENT` */
  replaceBranch(name: string, snapshotId: SnapshotId): Transaction {
    return this.#with(() => replaceRef("branch", name, snapshotId));
  }

  /** Changes how long a branch or a tag is kept. @throws on commit: IcebergError `INVALID_ARGUMENT` */
  setRetention(name: string, change: RetentionChange): Transaction {
    return this.#with(() => setRetention(name, change));
  }

  /** Moves `main` to any snapshot of the table. @throws on commit: IcebergError `SNAPSHOT_NOT_FOUND` */
  setCurrentSnapshot(snapshotId: SnapshotId): Transaction {
    return this.#with(() => setCurrentSnapshot(snapshotId));
  }

  /** Takes a branch back in its own history. @throws on commit: IcebergError `SNAPSHOT_NOT_FOUND`, `INVALID_ARGUMENT` for one that is no ancestor */
  rollbackTo(snapshotId: SnapshotId, branch: string = mainBranch): Transaction {
    return this.#with(() => rollbackTo(snapshotId, branch));
  }

  /** Takes a branch back to its newest snapshot from before a moment. @throws on commit: IcebergError `SNAPSHOT_NOT_FOUND` */
  rollbackToTime(before: TimestampMs, branch: string = mainBranch): Transaction {
    return this.#with(() => rollbackToTime(before, branch));
  }

  /** Moves a branch forward to where another ref is. @throws on commit: IcebergError `INVALID_ARGUMENT` where they have parted */
  fastForwardBranch(branch: string, to: string): Transaction {
    return this.#with(() => fastForwardBranch(branch, to));
  }

  /**
   * Brings what a snapshot did onto `main`: moves `main` to it where it was made from the current snapshot, else repeats an
   * append or an overwrite of whole partitions.
   *
   * @throws on commit: IcebergError `INVALID_ARGUMENT` for any other change, `ALREADY_EXISTS` for one that is on `main`,
   * `VALIDATION_FAILED` when the partitions it overwrites were changed meanwhile
   */
  cherryPick(snapshotId: SnapshotId): Transaction {
    return this.#with(() => cherryPick(snapshotId));
  }

  /** Brings the snapshot that is staged under a write-audit-publish id onto `main`. @throws on commit: as `cherryPick` */
  publishStaged(wapId: string): Transaction {
    return this.#with(() => publishStaged(wapId));
  }

  /** Removes snapshots and refs that `choose` names, on every attempt for the base of then. Files stay where they are. */
  removeSnapshots(choose: ChooseSnapshots): Transaction {
    return this.#with(() => removeSnapshots(choose));
  }

  /**
   * Removes schemas and partition specs that no snapshot needs any more, once snapshots have expired. Older catalogs do not
   * know how.
   */
  removeUnusedDefinitions(): Transaction {
    return this.#with(() => removeUnusedDefinitions());
  }

  /** Looks at the table that a commit builds on, at every attempt; what `check` throws stops the commit. */
  validate(check: (base: TableMetadata) => void): Transaction {
    return this.#with(() => validate(check));
  }

  /**
   * Sends the changes; the table as it is afterwards.
   *
   * @throws IcebergError `COMMIT_CONFLICT` when others were faster and nothing of this was written;
   * `COMMIT_STATE_UNKNOWN` when nobody knows: look for the snapshot before repeating anything
   */
  commit(options?: CommitOptions): Promise<Table> {
    const actions = this.#actions.map((begin) => begin());
    return commit(this.#table, actions, this.#environment, options);
  }

  /**
   * The changes as data, to be committed together with another table's: see {@link CommitOptions}. For changes of schema,
   * properties and the like; what adds a snapshot writes files, and is to be committed.
   */
  prepare(): Promise<IdentifiedCommit> {
    const actions = this.#actions.map((begin) => begin());
    return prepareCommit(this.#table, actions, this.#environment);
  }

  #with(begin: () => TransactionAction): Transaction {
    return new Transaction(this.#table, this.#environment, [...this.#actions, begin]);
  }
}
