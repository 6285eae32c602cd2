import { IcebergError } from "../../errors.ts";
import { localPath } from "../../io/local.ts";
import type { FileScanTask } from "../../scan/file-scan-task.ts";
import type { ScanSource } from "../../scan/scan-source.ts";
import type { FieldId } from "../../spec/ids.ts";
import type { DataFile } from "../../spec/manifest.ts";
import { findFieldById, type Schema } from "../../spec/schema.ts";
import type { NestedField } from "../../spec/types.ts";
import type { Session } from "../session.ts";
import { readShapes, type ShapeNode } from "./file-shape.ts";
import { columnsWithRenamedFields } from "./nested-names.ts";
import type { ReadableFile } from "./readable-file.ts";

/**
 * Makes the files of a scan readable: on this machine, with all that has to be known to read them as the table's columns.
 * @throws IcebergError `UNSUPPORTED` for formats that are not Parquet, or deletes by columns that nobody knows any more
 */
export async function openFiles(
  session: Session,
  { metadata }: ScanSource,
  tasks: readonly Pick<FileScanTask, "dataFile" | "deletes">[],
): Promise<readonly ReadableFile[]> {
  const files = tasks.map(({ dataFile, deletes }) => ({
    location: dataFile.filePath,
    path: pathOf(dataFile),
    positionDeletes: deletes.filter(({ content }) => content === "position-deletes").map(pathOf),
    equalityDeletes: deletes
      .filter(({ content }) => content === "equality-deletes")
      .map((file) => ({
        path: pathOf(file),
        columns: (file.equalityIds ?? []).map((id) => fieldOf(metadata.schemas, id, file)),
      })),
  }));
  const renamed = columnsWithRenamedFields(metadata.schemas);
  const shapes =
    renamed.size === 0
      ? new Map()
      : await readShapes(
          session,
          files.map(({ path }) => path),
        );
  return files.map((file) => ({ ...file, shapes: shapesOf(renamed, shapes.get(file.path) ?? []) }));
}

function shapesOf(columns: ReadonlySet<FieldId>, nodes: readonly ShapeNode[]): ReadonlyMap<number, ShapeNode> {
  return new Map(
    nodes.flatMap((node) => (columns.has(node.fieldId as FieldId) ? [[Number(node.fieldId), node] as const] : [])),
  );
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
