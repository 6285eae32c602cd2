import type { Predicate } from "../expr/predicate.ts";
import type { SequenceNumber, SnapshotId } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";

/** A file of deletes, and how old it is: equality deletes reach only what is older. */
export interface DeleteFile extends DataFile {
  readonly dataSequenceNumber: SequenceNumber;
}

/** A data file to read, and the delete files that take rows out of it. */
export interface FileScanTask {
  /** With the statistics of the columns that the scan was asked for, and of no others. */
  readonly dataFile: DataFile;
  readonly dataSequenceNumber: SequenceNumber;
  readonly deletes: readonly DeleteFile[];
  /** What the file's rows still have to be asked: the part of the filter that its partition and statistics do not guarantee. */
  readonly residual: Predicate;
}

/** Everything a reader needs: which files, and the columns to read them as. */
export interface ScanPlan {
  /** Absent while the table is empty. */
  readonly snapshotId?: SnapshotId;
  readonly schema: Schema;
  readonly tasks: readonly FileScanTask[];
  readonly report: ScanReport;
}

/** What pruning was worth. Files in manifests that were skipped are not among the pruned ones: nobody looked. */
export interface ScanReport {
  readonly manifests: { readonly total: number; readonly skipped: number };
  readonly files: { readonly kept: number; readonly pruned: number };
  readonly bytes: { readonly kept: bigint; readonly pruned: bigint };
}
