import type { Predicate } from "../expr/predicate.ts";
import type { ScanReport } from "../scan/file-scan-task.ts";
import type { SnapshotId } from "../spec/ids.ts";
import type { Schema } from "../spec/schema.ts";
import type { Snapshot } from "../spec/snapshot.ts";

/** What a scan or a commit took, for those who run the catalog. */
export type MetricsReport = ScanMetrics | CommitMetrics;

export interface ScanMetrics {
  readonly kind: "scan";
  readonly snapshotId: SnapshotId;
  readonly schema: Schema;
  readonly filter: Predicate;
  readonly report: ScanReport;
  readonly durationMs: number;
}

export interface CommitMetrics {
  readonly kind: "commit";
  readonly snapshot: Snapshot;
  /** How many times the commit was sent. */
  readonly attempts: number;
  /** From the beginning of the first attempt. */
  readonly durationMs: number;
}
