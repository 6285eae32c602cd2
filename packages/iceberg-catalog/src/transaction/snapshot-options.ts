import { IcebergError } from "../errors.ts";
import { mainBranch } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { stagedUnder, wapIdKey } from "../spec/write-audit-publish.ts";

/** Where a new snapshot goes, and what it says of itself. */
export interface SnapshotOptions {
  /** The branch that gets the snapshot; one that is not there yet begins where `main` is. Default: `main`. */
  readonly branch?: string;
  /**
   * Stages the snapshot under this id (write, audit, publish): it is in the table, but no branch has it until it is
   * published.
   */
  readonly wapId?: string;
  /** Goes into the snapshot's summary, for example an idempotency key. */
  readonly summary?: Readonly<Record<string, string>>;
}

/** The options with everything decided. */
export interface SnapshotTarget {
  readonly branch: string;
  /** Whether the branch gets the snapshot. */
  readonly isStaged: boolean;
  readonly summary: Readonly<Record<string, string>>;
}

export function snapshotTarget({ branch = mainBranch, wapId, summary = {} }: SnapshotOptions): SnapshotTarget {
  return wapId === undefined
    ? { branch, isStaged: false, summary }
    : { branch, isStaged: true, summary: { ...summary, [wapIdKey]: wapId } };
}

/** An id under which two snapshots wait could not be published. */
export function refuseTakenWapId(base: TableMetadata, { isStaged, summary }: SnapshotTarget): void {
  const wapId = summary[wapIdKey];
  if (!isStaged || wapId === undefined) return;
  const [known] = stagedUnder(base, wapId);
  if (known === undefined) return;
  throw new IcebergError(
    "ALREADY_EXISTS",
    `snapshot ${known.snapshotId} is already staged under "${wapId}"; publish it, or stage under another id`,
  );
}
