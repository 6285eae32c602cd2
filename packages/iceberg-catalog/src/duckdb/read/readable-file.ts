import type { NestedField } from "../../spec/types.ts";
import type { FileLayout } from "./file-layout.ts";

/** A data file on this machine, and the deletes that apply to its rows. */
export interface ReadableFile {
  /** As the table names it, and as position deletes do. */
  readonly location: string;
  readonly path: string;
  /** Deleted ones among them. */
  readonly rows: bigint;
  /** Paths of position delete files. */
  readonly positionDeletes: readonly string[];
  /** How old the rows are: equality deletes take out what is older than they are. */
  readonly dataSequenceNumber: bigint;
  /** The same for files that the same equality deletes reach where they are old enough. */
  readonly deleteScope: string;
  readonly equalityDeletes: readonly EqualityDelete[];
  readonly layout: FileLayout;
  /** The same for files of the same layout. */
  readonly layoutKey: string;
}

/** A file of rows that are deleted wherever these columns have the same values, null as null. */
export interface EqualityDelete {
  readonly path: string;
  readonly dataSequenceNumber: bigint;
  readonly columns: readonly NestedField[];
}

/** Everything that has to be read for a file's rows. */
export function pathsOf({ path, positionDeletes, equalityDeletes }: ReadableFile): readonly string[] {
  return [path, ...positionDeletes, ...equalityDeletes.map((file) => file.path)];
}
