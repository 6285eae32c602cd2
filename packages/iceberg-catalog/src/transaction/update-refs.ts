import { IcebergError } from "../errors.ts";
import type { SnapshotId } from "../spec/ids.ts";
import { omitUndefined } from "../spec/omit-undefined.ts";
import { requireSnapshot } from "../spec/require-in-metadata.ts";
import { type BranchRef, mainBranch, type SnapshotRef, type TagRef } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { TransactionAction } from "./action.ts";

/** How long a ref and its snapshots are kept, in milliseconds; left out: as the table's properties say. */
export type BranchRetention = Omit<BranchRef, "type" | "snapshotId">;
export type TagRetention = Omit<TagRef, "type" | "snapshotId">;

/** Settings to change; undefined goes back to what the table's properties say. */
export type RetentionChange = { readonly [Setting in keyof BranchRetention]: BranchRetention[Setting] | undefined };

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
        throw new IcebergError("ALREADY_EXISTS", `there is already a ${known.type} "${name}"; remove or replace it`);
      }
      return [{ action: "set-snapshot-ref", refName: name, ref }];
    },
  };
}

/** Points a tag or a branch that is there at another snapshot, with the retention it has. */
export function replaceRef(type: SnapshotRef["type"], name: string, snapshotId: SnapshotId): TransactionAction {
  return {
    apply: async (base) => {
      requireSnapshot(base, snapshotId);
      const ref = requireRef(base, name);
      if (ref.type !== type) throw invalid(`"${name}" is a ${ref.type}, not a ${type}`);
      if (ref.snapshotId === snapshotId) return [];
      return [{ action: "set-snapshot-ref", refName: name, ref: { ...ref, snapshotId } }];
    },
  };
}

/** Changes how long a ref is kept, and leaves it where it is. */
export function setRetention(name: string, change: RetentionChange): TransactionAction {
  return {
    apply: async (base) => {
      const ref = requireRef(base, name);
      if (ref.type === "tag" && ("minSnapshotsToKeep" in change || "maxSnapshotAgeMs" in change)) {
        throw invalid(`the tag "${name}" has one snapshot alone: only the age of the tag itself can be set`);
      }
      return [{ action: "set-snapshot-ref", refName: name, ref: omitUndefined({ ...ref, ...change }) as SnapshotRef }];
    },
  };
}

/** Removes a tag or a branch; its snapshots stay until they expire. */
export function removeRef(name: string): TransactionAction {
  return {
    apply: async (base) => {
      if (name === mainBranch) throw invalid(`"${mainBranch}" cannot be removed`);
      requireRef(base, name);
      return [{ action: "remove-snapshot-ref", refName: name }];
    },
  };
}

function requireRef(base: TableMetadata, name: string): SnapshotRef {
  const ref = base.refs[name];
  if (ref !== undefined) return ref;
  throw invalid(`there is no tag or branch "${name}"`);
}

const invalid = (message: string): IcebergError => new IcebergError("INVALID_ARGUMENT", message);
