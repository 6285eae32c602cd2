import type { NestedField } from "../../spec/types.ts";
import type { ShapeNode } from "./file-shape.ts";

/** A data file on this machine, and the deletes that apply to its rows. */
export interface ReadableFile {
  /** As the table names it, and as position deletes do. */
  readonly location: string;
  readonly path: string;
  /** Paths of position delete files. */
  readonly positionDeletes: readonly string[];
  readonly equalityDeletes: readonly EqualityDelete[];
  /** The columns of the file that have to be read by the file's own names, by field id; most often none. */
  readonly shapes: ReadonlyMap<number, ShapeNode>;
}

/** A file of rows that are deleted wherever these columns have the same values, null as null. */
export interface EqualityDelete {
  readonly path: string;
  readonly columns: readonly NestedField[];
}

/** Everything that has to be read for a file's rows. */
export function pathsOf({ path, positionDeletes, equalityDeletes }: ReadableFile): readonly string[] {
  return [path, ...positionDeletes, ...equalityDeletes.map((file) => file.path)];
}
