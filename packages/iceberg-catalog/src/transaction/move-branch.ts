import { IcebergError } from "../errors.ts";
import { ancestorsOf } from "../spec/ancestors.ts";
import { branchAt, branchHead } from "../spec/branch.ts";
import type { SnapshotId, TimestampMs } from "../spec/ids.ts";
import { requireSnapshot } from "../spec/require-in-metadata.ts";
import { mainBranch, type Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { TableUpdate } from "../spec/table-update.ts";
import type { TransactionAction } from "./action.ts";

/** Points `main` at a snapshot the table still has: a rollback, or the way back from one. */
export function setCurrentSnapshot(snapshotId: SnapshotId): TransactionAction {
  return { apply: async (base) => moved(base, mainBranch, requireSnapshot(base, snapshotId)) };
}

/** Takes a branch back to a snapshot of its own history, and to no other. */
export function rollbackTo(snapshotId: SnapshotId, branch: string): TransactionAction {
  return {
    apply: async (base) => {
      const snapshot = requireSnapshot(base, snapshotId);
      if (isAncestor(base, snapshot, branchHead(base, branch))) return moved(base, branch, snapshot);
      throw invalid(
        `cannot roll "${branch}" back to ${snapshotId}: the snapshot is not in its history; set it as the current one if that is what you want`,
      );
    },
  };
}

/** Takes a branch back to the snapshot that was its newest before a moment. */
export function rollbackToTime(before: TimestampMs, branch: string): TransactionAction {
  return {
    apply: async (base) => {
      for (const snapshot of ancestorsOf(base, branchHead(base, branch)?.snapshotId)) {
        if (snapshot.timestampMs < before) return moved(base, branch, snapshot);
      }
      throw new IcebergError(
        "SNAPSHOT_NOT_FOUND",
        `"${branch}" has no snapshot from before ${new Date(before).toISOString()}; it may have expired`,
      );
    },
  };
}

/** Moves a branch forward to where another ref is. A branch that is not there yet is created. */
export function fastForwardBranch(branch: string, to: string): TransactionAction {
  return {
    apply: async (base) => {
      const target = base.refs[to];
      if (target === undefined) throw invalid(`there is no tag or branch "${to}"`);
      const snapshot = requireSnapshot(base, target.snapshotId);
      const head = base.refs[branch] === undefined ? undefined : branchHead(base, branch);
      if (head !== undefined && !isAncestor(base, head, snapshot)) {
        throw invalid(`cannot fast-forward "${branch}" to "${to}": it has snapshots that "${to}" has not`);
      }
      return moved(base, branch, snapshot);
    },
  };
}

/** Whether `snapshot` is in the history that leads to `head`. */
export function isAncestor(base: TableMetadata, snapshot: Snapshot, head: Snapshot | undefined): boolean {
  return [...ancestorsOf(base, head?.snapshotId)].some(({ snapshotId }) => snapshotId === snapshot.snapshotId);
}

/** What puts a branch at a snapshot; nothing where it is there already. */
export function moved(base: TableMetadata, branch: string, { snapshotId }: Snapshot): readonly TableUpdate[] {
  if (base.refs[branch]?.snapshotId === snapshotId) return [];
  return [{ action: "set-snapshot-ref", refName: branch, ref: branchAt(base, branch, snapshotId) }];
}

const invalid = (message: string): IcebergError => new IcebergError("INVALID_ARGUMENT", message);
