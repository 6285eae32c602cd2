import { IcebergError } from "../errors.ts";
import { branchHead } from "../spec/branch.ts";
import type { SnapshotId } from "../spec/ids.ts";
import type { ManifestEntry } from "../spec/manifest.ts";
import { requireSnapshot } from "../spec/require-in-metadata.ts";
import { mainBranch, type Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import {
  publicationOf,
  publishedWapIdKey,
  sourceSnapshotIdKey,
  stagedUnder,
  wapIdKey,
} from "../spec/write-audit-publish.ts";
import type { CommitAttempt, TransactionAction } from "./action.ts";
import { changeFiles, type RowChange, replacePartitionsKey } from "./change-files.ts";
import { changedEntries } from "./conflicts.ts";
import { isAncestor, moved } from "./move-branch.ts";

/**
 * Brings what a snapshot did onto `main`. A snapshot that was made from the current one becomes the current one itself;
 * else an append, or an overwrite of whole partitions that nobody has touched since, is done again as a new snapshot.
 */
export const cherryPick = (snapshotId: SnapshotId): TransactionAction =>
  pick((base) => requireSnapshot(base, snapshotId));

/** Brings the snapshot that is staged under an id onto `main`. */
export const publishStaged = (wapId: string): TransactionAction =>
  pick((base) => {
    const [staged, another] = stagedUnder(base, wapId);
    if (staged === undefined) throw invalid(`no snapshot is staged under "${wapId}"`);
    if (another === undefined) return staged;
    throw invalid(`several snapshots are staged under "${wapId}"; cherry-pick the right one by its id`);
  });

function pick(choose: (base: TableMetadata) => Snapshot): TransactionAction {
  let again: TransactionAction | undefined;
  return {
    apply: async (base, attempt) => {
      const picked = choose(base);
      const head = branchHead(base, mainBranch);
      refusePublished(base, picked, head);
      if (picked.parentSnapshotId === head?.snapshotId) return moved(base, mainBranch, picked);
      again ??= changeFiles(await changeOf(picked, base, attempt));
      if (!isAppend(picked)) refuseForeignBase(base, picked, head);
      return again.apply(base, attempt);
    },
  };
}

const isAppend = ({ summary }: Snapshot): boolean => summary.operation === "append";

/** What a snapshot did, as a change of other snapshots. @throws IcebergError `INVALID_ARGUMENT` where that cannot be told */
async function changeOf(picked: Snapshot, base: TableMetadata, attempt: CommitAttempt): Promise<RowChange> {
  const { operation, properties } = picked.summary;
  const replacesPartitions = operation === "overwrite" && properties[replacePartitionsKey] === "true";
  if (operation !== "append" && !replacesPartitions) {
    throw invalid(
      `cannot cherry-pick snapshot ${picked.snapshotId}: it is no append and no overwrite of whole partitions, but ${operation}, and the current snapshot is not the one it was made from`,
    );
  }
  const entries: ManifestEntry[] = [];
  for await (const entry of changedEntries(picked, base, attempt)) entries.push(entry);
  const files = (status: ManifestEntry["status"]) =>
    entries.filter((entry) => entry.status === status).map(({ dataFile }) => dataFile);
  const added = files("added").filter(({ content }) => content === "data");
  const { [wapIdKey]: wapId } = properties;
  const summary = {
    [sourceSnapshotIdKey]: String(picked.snapshotId),
    ...(wapId !== undefined && { [publishedWapIdKey]: wapId }),
    ...(replacesPartitions && { [replacePartitionsKey]: "true" }),
  };
  if (!replacesPartitions) return { added, summary };
  const removed = files("deleted");
  const conflicts = {
    from: picked.parentSnapshotId,
    partitionsOf: [...added, ...removed],
    isolation: "serializable",
  } as const;
  return { added, removed: { files: removed }, conflicts, summary };
}

function refusePublished(base: TableMetadata, picked: Snapshot, head: Snapshot | undefined): void {
  const publication = publicationOf(base, picked, head?.snapshotId);
  if (publication === undefined) return;
  const how = publication.snapshotId === picked.snapshotId ? "itself" : `by snapshot ${publication.snapshotId}`;
  throw new IcebergError(
    "ALREADY_EXISTS",
    `what snapshot ${picked.snapshotId} did is already on "${mainBranch}", ${how}`,
  );
}

/** An overwrite counts on the rows that were there: they must be of this history. */
function refuseForeignBase(base: TableMetadata, picked: Snapshot, head: Snapshot | undefined): void {
  if (picked.parentSnapshotId === undefined) return;
  if (isAncestor(base, requireSnapshot(base, picked.parentSnapshotId), head)) return;
  throw invalid(
    `cannot cherry-pick snapshot ${picked.snapshotId}: it overwrites rows of ${picked.parentSnapshotId}, which is not in the history of "${mainBranch}"`,
  );
}

const invalid = (message: string): IcebergError => new IcebergError("INVALID_ARGUMENT", message);
