import { IcebergError } from "../errors.ts";
import type { SnapshotId } from "../spec/ids.ts";
import { requireSnapshot } from "../spec/require-in-metadata.ts";
import { type BranchRef, mainBranch, type SnapshotRef, type TagRef } from "../spec/snapshot.ts";
import type { TransactionAction } from "./action.ts";
import { mainAt } from "./main-branch.ts";

/** How long a ref and its snapshots are kept, in milliseconds; left out: as the table's properties say. */
export type BranchRetention = Omit<BranchRef, "type" | "snapshotId">;
export type TagRetention = Omit<TagRef, "type" | "snapshotId">;

export const createTag = (name: string, snapshotId: SnapshotId, retention: TagRetention = {}): TransactionAction =>
  createRef(name, { type: "tag", snapshotId, ...retention });

export const createBranch = (
  name: string,
  snapshotId: SnapshotId,
  retention: BranchRetention = {},
): TransactionAction => createRef(name, { type: "branch", snapshotId, ...retention });

function createRef(name: string, ref: SnapshotRef): TransactionAction {
  return {
    apply: async (base) => {
      requireSnapshot(base, ref.snapshotId);
      const known = base.refs[name];
      if (known !== undefined) {
        throw new IcebergError("ALREADY_EXISTS", `there is already a ${known.type} "${name}"; remove it first`);
      }
      return [{ action: "set-snapshot-ref", refName: name, ref }];
    },
  };
}

/** Removes a tag or a branch; its snapshots stay until they expire. */
export function removeRef(name: string): TransactionAction {
  return {
    apply: async (base) => {
      if (name === mainBranch) throw new IcebergError("INVALID_ARGUMENT", `"${mainBranch}" cannot be removed`);
      if (base.refs[name] === undefined) {
        throw new IcebergError("INVALID_ARGUMENT", `there is no tag or branch "${name}"`);
      }
      return [{ action: "remove-snapshot-ref", refName: name }];
    },
  };
}

/** Points `main` at a snapshot the table still has: a rollback, or the way back from one. */
export function setCurrentSnapshot(snapshotId: SnapshotId): TransactionAction {
  return {
    apply: async (base) => {
      requireSnapshot(base, snapshotId);
      if (base.currentSnapshotId === snapshotId) return [];
      return [{ action: "set-snapshot-ref", refName: mainBranch, ref: mainAt(base, snapshotId) }];
    },
  };
}
