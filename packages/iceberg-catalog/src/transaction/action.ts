import type { TableMetadata } from "../spec/table-metadata.ts";
import type { TableUpdate } from "../spec/table-update.ts";
import type { CommitEnvironment } from "./commit-environment.ts";
import type { WrittenFiles } from "./written-files.ts";

/**
 * One step of a transaction: what it changes in the table as it finds it. It is asked again with fresh metadata when a
 * commit met a conflict, and may keep what it has written for that; every commit begins with a new one. What must hold for
 * the changes is derived from them.
 */
export interface TransactionAction {
  apply(base: TableMetadata, attempt: CommitAttempt): Promise<readonly TableUpdate[]>;
}

export interface CommitAttempt {
  /** From 1. */
  readonly number: number;
  readonly environment: CommitEnvironment;
  /** Files written through it are known to the commit, which deletes them if they come to nothing. */
  readonly files: WrittenFiles;
}
