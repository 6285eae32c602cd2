import type { SchemaId, SequenceNumber, SnapshotId, TimestampMs } from "./ids.ts";

/** What a snapshot did (spec, "Snapshots"): `replace` changed files but no rows. */
export type Operation = "append" | "replace" | "overwrite" | "delete";

/** The state of a table at one commit. */
export interface Snapshot {
  readonly snapshotId: SnapshotId;
  readonly parentSnapshotId?: SnapshotId;
  readonly sequenceNumber: SequenceNumber;
  readonly timestampMs: TimestampMs;
  /** Location of the manifest list; empty where format 1 lists the manifests themselves. */
  readonly manifestList: string;
  /** Locations of the manifests, which only format 1 may list here in place of a manifest list. */
  readonly manifests?: readonly string[];
  readonly summary: SnapshotSummary;
  readonly schemaId?: SchemaId;
}

export interface SnapshotSummary {
  readonly operation: Operation;
  /** Counters (`added-records`, `total-data-files`, ...) and whatever a writer adds, as the strings they are on the wire. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A named pointer to a snapshot. `main` is the branch that readers see. */
export type SnapshotRef = BranchRef | TagRef;

export interface BranchRef {
  readonly type: "branch";
  readonly snapshotId: SnapshotId;
  readonly minSnapshotsToKeep?: number;
  readonly maxSnapshotAgeMs?: number;
  readonly maxRefAgeMs?: number;
}

export interface TagRef {
  readonly type: "tag";
  readonly snapshotId: SnapshotId;
  readonly maxRefAgeMs?: number;
}

export const mainBranch = "main";
