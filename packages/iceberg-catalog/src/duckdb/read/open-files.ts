import { IcebergError } from "../../errors.ts";
import type { FileIO } from "../../io/file-io.ts";
import type { DeleteFile, FileScanTask } from "../../scan/file-scan-task.ts";
import { mapOrdered } from "../../scan/map-ordered.ts";
import type { ScanSource } from "../../scan/scan-source.ts";
import type { FieldId } from "../../spec/ids.ts";
import type { DataFile } from "../../spec/manifest.ts";
import { partitionKey } from "../../spec/partition-key.ts";
import { isUnpartitioned } from "../../spec/partition-type.ts";
import type { Schema } from "../../spec/schema.ts";
import type { NestedField } from "../../spec/types.ts";
import type { FileLease } from "../file-cache/file-lease.ts";
import type { Session } from "../session.ts";
import { byId } from "./file-layout.ts";
import { fileLayouts } from "./file-layouts.ts";
import type { EqualityDelete, ReadableFile } from "./readable-file.ts";

/**
 * Makes the files of a scan readable: on this machine, with all that has to be known to read them as the table's columns. They
 * stay readable as long as the lease.
 * @throws IcebergError `UNSUPPORTED` for formats that are not Parquet, or deletes by columns that nobody knows any more
 */
export async function openFiles(
  session: Session,
  source: ScanSource,
  tasks: readonly Pick<FileScanTask, "dataFile" | "dataSequenceNumber" | "deletes">[],
  lease: FileLease = session.files,
): Promise<readonly ReadableFile[]> {
  const { metadata, io } = source;
  const dataFiles = tasks.map(({ dataFile }) => dataFile);
  const needed = new Map(
    [...dataFiles, ...tasks.flatMap(({ deletes }) => deletes)].map((file) => [file.filePath, file]),
  );
  const paths = await localPaths(lease, io, [...needed.values()]);
  const pathOf = ({ filePath }: DataFile): string => paths.get(filePath) ?? filePath;
  const layouts = await fileLayouts(session, metadata, dataFiles, dataFiles.map(pathOf));
  // A delete file may apply to every data file: what is known of it is found once.
  const known = new Map<string, EqualityDelete>();
  const readableDelete = (file: DeleteFile): EqualityDelete => {
    const readable = known.get(file.filePath) ?? {
      path: pathOf(file),
      dataSequenceNumber: file.dataSequenceNumber,
      columns: (file.equalityIds ?? []).map((id) => columnOf(metadata.schemas, id, file)),
    };
    known.set(file.filePath, readable);
    return readable;
  };
  const unpartitioned = new Set(metadata.partitionSpecs.filter(isUnpartitioned).map(({ specId }) => specId));
  return tasks.map(({ dataFile, dataSequenceNumber, deletes }, index) => {
    const layout = layouts[index] ?? byId;
    const byEquality = deletes.filter(({ content }) => content === "equality-deletes");
    const isLocal = byEquality.some(({ specId }) => !unpartitioned.has(specId));
    return {
      location: dataFile.filePath,
      path: pathOf(dataFile),
      rows: dataFile.recordCount,
      positionDeletes: deletes.filter(({ content }) => content === "position-deletes").map(pathOf),
      dataSequenceNumber,
      deleteScope: isLocal ? partitionKey(dataFile.specId, dataFile.partition) : "",
      equalityDeletes: byEquality.map(readableDelete),
      layout,
      layoutKey: layout.kind === "by-id" ? "" : keyOf(layout),
    };
  });
}

/** How many files are copied at a time, where they are not on this machine. */
const copies = 4;

async function localPaths(
  lease: FileLease,
  io: FileIO,
  files: readonly DataFile[],
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  const locate = async (file: DataFile) => {
    refuseOtherFormats(file);
    return [file.filePath, await lease.pathOf(io, file)] as const;
  };
  for await (const [location, path] of mapOrdered(files, copies, locate)) paths.set(location, path);
  return paths;
}

const keyOf = (layout: object): string =>
  JSON.stringify(layout, (_, value: unknown) => (value instanceof Map ? [...value] : value));

function refuseOtherFormats({ filePath, fileFormat }: DataFile): void {
  if (fileFormat !== "parquet") throw unsupported(`${filePath} is ${fileFormat}, and only parquet files can be read`);
}

/** A column as the newest schema has it that has it; it may have been dropped since its rows were deleted by it. */
function columnOf(schemas: readonly Schema[], id: FieldId, file: DataFile): NestedField {
  for (const schema of [...schemas].reverse()) {
    const field = schema.fields.find((candidate) => candidate.id === id);
    if (field !== undefined) return field;
  }
  throw unsupported(`${file.filePath} deletes rows by field ${id}, which is no column of any schema of the table`);
}

function unsupported(message: string): IcebergError {
  return new IcebergError("UNSUPPORTED", message);
}
