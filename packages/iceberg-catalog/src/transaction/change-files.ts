import { IcebergError } from "../errors.ts";
import type { UncommittedManifest } from "../manifest/write-manifest.ts";
import { branchHead } from "../spec/branch.ts";
import type { SequenceNumber } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { Operation, Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { CommitAttempt, TransactionAction } from "./action.ts";
import { type ConflictCheck, refuseConflicts } from "./conflicts.ts";
import { type RemovedFiles, selectFiles } from "./file-selection.ts";
import { filterManifests, type ManifestMemory } from "./filter-manifests.ts";
import { type SnapshotOptions, snapshotTarget } from "./snapshot-options.ts";
import {
  newSnapshotIdentity,
  parentManifests,
  type SnapshotIdentity,
  writeAddedFiles,
  writeSnapshot,
} from "./snapshot-producer.ts";
import { changeSummary } from "./snapshot-summary.ts";

/** Says in a summary that whole partitions were replaced, whatever they held: such a change can be picked. */
export const replacePartitionsKey = "replace-partitions";

/** A change of a table's rows: files that come, files that go, and deletes of rows in files that stay. */
export interface RowChange extends SnapshotOptions {
  readonly added?: readonly DataFile[];
  readonly removed?: RemovedFiles;
  /** Position and equality delete files. */
  readonly addedDeletes?: readonly DataFile[];
  /** What others must not have done meanwhile; left out: only that removed files are still there. */
  readonly conflicts?: ConflictCheck;
}

/** The same rows in other files: a compaction, say. */
export interface FileRewrite extends SnapshotOptions {
  readonly removed: readonly DataFile[];
  readonly added: readonly DataFile[];
  /** The snapshot whose files were rewritten. */
  readonly from: Snapshot;
}

/**
 * Puts a change of rows on a branch as one snapshot. After a conflict with another commit it is checked against what that
 * one did, and only manifests it has not seen before are looked at again.
 */
export function changeFiles(change: RowChange): TransactionAction {
  return replaceFiles({ ...change, operation: undefined });
}

/**
 * Puts the same rows in other files, as a `replace` snapshot that incremental readers pass over. The new files are as old
 * as the snapshot they were made from, so that equality deletes that came later still apply to them; position deletes
 * that came later point into files that are gone, and are a conflict.
 */
export function rewriteFiles({ removed, added, from, ...options }: FileRewrite): TransactionAction {
  return replaceFiles({
    ...options,
    operation: "replace",
    removed: { files: removed },
    added,
    dataSequenceNumber: from.sequenceNumber,
    conflicts: { from: from.snapshotId, rewritten: removed },
  });
}

interface FileReplacement extends RowChange {
  /** Left out: what the change really did. */
  readonly operation: Operation | undefined;
  readonly dataSequenceNumber?: SequenceNumber;
}

interface Prepared {
  readonly identity: SnapshotIdentity;
  readonly written: readonly UncommittedManifest[];
}

function replaceFiles(change: FileReplacement): TransactionAction {
  const { added = [], addedDeletes = [], removed = { files: [] }, conflicts } = change;
  const target = snapshotTarget(change);
  const summary = "partitionsOf" in removed ? { ...target.summary, [replacePartitionsKey]: "true" } : target.summary;
  const memory: ManifestMemory = new Map();
  let prepared: Prepared | undefined;
  return {
    apply: async (base, attempt) => {
      prepared ??= await prepare(change, base, attempt);
      const { identity, written } = prepared;
      const parent = branchHead(base, target.branch);
      if (conflicts !== undefined) await refuseConflicts(conflicts, parent, base, attempt);
      const manifests = await parentManifests(base, target, attempt);
      const filtered = await filterManifests(manifests, selectFiles(removed, base), identity, base, attempt, memory);
      const files = { added: [...added, ...addedDeletes], removed: filtered.removed };
      const operation = change.operation ?? operationOf(change, files.removed);
      const content = {
        written: [...written, ...filtered.rewritten],
        inherited: filtered.inherited,
        summary: changeSummary(operation, files, parent, summary),
      };
      return writeSnapshot(content, identity, target, base, attempt);
    },
  };
}

async function prepare(
  { added = [], addedDeletes = [], dataSequenceNumber }: FileReplacement,
  base: TableMetadata,
  attempt: CommitAttempt,
): Promise<Prepared> {
  refuseMisplaced(added, addedDeletes);
  const identity = newSnapshotIdentity(base, attempt);
  const data = await writeAddedFiles(added, identity, base, attempt, { dataSequenceNumber });
  const deletes = await writeAddedFiles(addedDeletes, identity, base, attempt, { content: "deletes" });
  return { identity, written: [...data, ...deletes] };
}

/** The operation is what the change really did (spec, "Snapshots"). */
function operationOf({ added = [], addedDeletes = [] }: RowChange, removed: readonly DataFile[]): Operation {
  if (removed.length === 0 && addedDeletes.length === 0) return "append";
  return added.length > 0 ? "overwrite" : "delete";
}

function refuseMisplaced(added: readonly DataFile[], addedDeletes: readonly DataFile[]): void {
  const misplaced =
    added.find(({ content }) => content !== "data") ?? addedDeletes.find(({ content }) => content === "data");
  if (misplaced === undefined) return;
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `${misplaced.filePath} holds ${misplaced.content}, and is given as something else`,
  );
}
