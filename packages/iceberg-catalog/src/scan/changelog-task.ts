import type { SequenceNumber, SnapshotId } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { DeleteFile } from "./file-scan-task.ts";

/** Where to read what a snapshot did to the table's rows. */
export type ChangelogTask = AddedRowsTask | DeletedDataFileTask | DeletedRowsTask;

/** A data file came: its rows are new, but for those that `deletes` take out. */
export interface AddedRowsTask extends ChangedFile {
  readonly kind: "added-rows";
  /** The deletes that apply to the file in its own snapshot. */
  readonly deletes: readonly DeleteFile[];
}

/** A data file went: its rows are gone, but for those that `existingDeletes` had taken out before. */
export interface DeletedDataFileTask extends ChangedFile {
  readonly kind: "deleted-data-file";
  readonly existingDeletes: readonly DeleteFile[];
}

/** A data file stayed: the rows that `addedDeletes` take out of it are gone, but for those that `existingDeletes` had before. */
export interface DeletedRowsTask extends ChangedFile {
  readonly kind: "deleted-rows";
  /** Never empty. */
  readonly addedDeletes: readonly DeleteFile[];
  readonly existingDeletes: readonly DeleteFile[];
}

interface ChangedFile {
  /** 0 for the oldest snapshot of the range that changed rows, and one more for each that followed. */
  readonly changeOrdinal: number;
  /** The snapshot that made the change. */
  readonly snapshotId: SnapshotId;
  /** With the statistics of the columns that the scan was asked for, and of no others. */
  readonly dataFile: DataFile;
  readonly dataSequenceNumber: SequenceNumber;
}
