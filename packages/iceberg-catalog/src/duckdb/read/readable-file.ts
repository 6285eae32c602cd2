import { IcebergError } from "../../errors.ts";
import { localPath } from "../../io/local.ts";
import type { FileScanTask } from "../../scan/file-scan-task.ts";
import type { FieldId } from "../../spec/ids.ts";
import type { DataFile } from "../../spec/manifest.ts";
import { findFieldById, type Schema } from "../../spec/schema.ts";
import type { NestedField } from "../../spec/types.ts";

/** A data file on this machine, and the deletes that apply to its rows. */
export interface ReadableFile {
  /** As the table names it, and as position deletes do. */
  readonly location: string;
  readonly path: string;
  /** Paths of position delete files. */
  readonly positionDeletes: readonly string[];
  readonly equalityDeletes: readonly EqualityDelete[];
}

/** A file of rows that are deleted wherever these columns have the same values, null as null. */
export interface EqualityDelete {
  readonly path: string;
  readonly columns: readonly NestedField[];
}

/**
 * The files of a scan as an engine can read them.
 * @throws IcebergError `UNSUPPORTED` for files outside this machine, or deletes by columns that nobody knows any more
 */
export function readableFiles(tasks: readonly FileScanTask[], schemas: readonly Schema[]): readonly ReadableFile[] {
  return tasks.map(({ dataFile, deletes }) => ({
    location: dataFile.filePath,
    path: pathOf(dataFile),
    positionDeletes: deletes.filter(({ content }) => content === "position-deletes").map(pathOf),
    equalityDeletes: deletes
      .filter(({ content }) => content === "equality-deletes")
      .map((file) => ({
        path: pathOf(file),
        columns: (file.equalityIds ?? []).map((id) => fieldOf(schemas, id, file)),
      })),
  }));
}

function pathOf({ filePath, fileFormat }: DataFile): string {
  if (fileFormat !== "parquet") throw unsupported(`${filePath} is ${fileFormat}, and only parquet files can be read`);
  const path = localPath(filePath);
  if (path !== undefined) return path;
  throw unsupported(`${filePath}: data files outside this machine cannot be read yet`);
}

/** The newest schema that has a column; it may have been dropped since its rows were deleted by it. */
function fieldOf(schemas: readonly Schema[], id: FieldId, file: DataFile): NestedField {
  for (const schema of [...schemas].reverse()) {
    const field = findFieldById(schema, id);
    if (field !== undefined) return field;
  }
  throw unsupported(`${file.filePath} deletes rows by column ${id}, which no schema of the table has`);
}

function unsupported(message: string): IcebergError {
  return new IcebergError("UNSUPPORTED", message);
}
