import { IcebergError } from "../errors.ts";
import type { UncommittedManifest } from "../manifest/write-manifest.ts";
import { branchHead } from "../spec/branch.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { TransactionAction } from "./action.ts";
import { DuplicateCheck } from "./duplicate-check.ts";
import { type SnapshotOptions, snapshotTarget } from "./snapshot-options.ts";
import {
  newSnapshotIdentity,
  parentManifests,
  type SnapshotIdentity,
  writeAddedFiles,
  writeSnapshot,
} from "./snapshot-producer.ts";
import { changeSummary } from "./snapshot-summary.ts";

export interface AppendOptions extends SnapshotOptions {
  /** Refuses files that are in the table already, which takes a look at all its manifests. */
  readonly checkDuplicates?: boolean;
}

/**
 * Adds data files in a new snapshot, in manifests of their own. No existing manifest is rewritten, and after a conflict
 * only the manifest list is.
 */
export function fastAppend(files: readonly DataFile[], options: AppendOptions = {}): TransactionAction {
  const target = snapshotTarget(options);
  const duplicates = options.checkDuplicates ? new DuplicateCheck(files) : undefined;
  let prepared: { readonly identity: SnapshotIdentity; readonly written: readonly UncommittedManifest[] } | undefined;
  return {
    apply: async (base, attempt) => {
      if (prepared === undefined) {
        refuseDeletes(files);
        const identity = newSnapshotIdentity(base, attempt);
        prepared = { identity, written: await writeAddedFiles(files, identity, base, attempt) };
      }
      const parent = branchHead(base, target.branch);
      const inherited = await parentManifests(base, target, attempt);
      await duplicates?.refuse(inherited, base, attempt);
      const content = {
        written: prepared.written,
        inherited,
        summary: changeSummary("append", { added: files, removed: [] }, parent, target.summary),
      };
      return writeSnapshot(content, prepared.identity, target, base, attempt);
    },
  };
}

/** @throws IcebergError `INVALID_ARGUMENT` for a delete file */
export function refuseDeletes(files: readonly DataFile[]): void {
  const file = files.find(({ content }) => content !== "data");
  if (file === undefined) return;
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `cannot append ${file.filePath}: it holds ${file.content}, which an append cannot add`,
  );
}
