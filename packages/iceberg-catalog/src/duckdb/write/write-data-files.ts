import { IcebergError } from "../../errors.ts";
import type { DataFile } from "../../spec/manifest.ts";
import { tableProperties } from "../../spec/table-properties.ts";
import type { Session } from "../session.ts";
import { DataFileWriter } from "./data-file-writer.ts";
import { stageRows } from "./stage-rows.ts";
import type { WriteTarget } from "./write-target.ts";

export interface WriteProgress {
  readonly rows: bigint;
  readonly totalRows: bigint;
}

export interface WriteOptions {
  /** Starts the message of an error. */
  readonly doing?: string;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
}

/**
 * Writes the rows of a SELECT that gives the target's columns as Parquet data files: each of one partition, sorted by the
 * sort order, about as large as the table wants them (`write.target-file-size-bytes`), with field ids and column metrics.
 * Where it fails, no file is left behind.
 *
 * @throws IcebergError `ROWS_INVALID` where a required column is null, `STORAGE_FULL`
 */
export async function writeDataFiles(
  session: Session,
  target: WriteTarget,
  select: string,
  { doing = "writing data files", onProgress = () => {} }: WriteOptions = {},
): Promise<readonly DataFile[]> {
  await using writer = new DataFileWriter(session, target);
  const hasOrder = target.spec.fields.length > 0 || target.sortOrder.fields.length > 0;
  try {
    if (hasOrder) await writeInOrder(session, target, writer, select, doing, onProgress);
    else await writer.writeFiles(select, targetBytes(target), doing);
    return writer.files;
  } catch (error) {
    await writer.removeAll();
    throw error;
  }
}

/** How many rows the first file of a call holds at most, from whose size the others' lengths follow. */
const firstFileRows = 4_000_000;

async function writeInOrder(
  session: Session,
  target: WriteTarget,
  writer: DataFileWriter,
  select: string,
  doing: string,
  onProgress: (progress: WriteProgress) => void,
): Promise<void> {
  const staged = await stageRows(session, target, select, doing);
  const totalRows = BigInt(staged.partitions.reduce((sum, partition) => sum + partition.rows, 0));
  try {
    for (const { tuple, firstRow, rows } of staged.partitions) {
      for (let from = firstRow; from < firstRow + rows; ) {
        const to = Math.min(firstRow + rows, from + rowsPerFile(writer.files, targetBytes(target)));
        await writer.writeFile(staged.select(from, to - from), tuple, "writing data files");
        from = to;
        onProgress({ rows: BigInt(rowsOf(writer.files)), totalRows });
      }
    }
    // Whatever else is wrong, no row may be lost or doubled on the way.
    if (BigInt(rowsOf(writer.files)) !== totalRows) {
      throw new IcebergError("DATA_INVALID", `${doing}: ${rowsOf(writer.files)} of ${totalRows} rows were written`);
    }
  } finally {
    await staged.drop();
  }
}

/** By what a row took in the files so far. */
function rowsPerFile(files: readonly DataFile[], bytes: number): number {
  const rows = rowsOf(files);
  const written = files.reduce((sum, file) => sum + Number(file.fileSizeInBytes), 0);
  return rows === 0 ? firstFileRows : Math.max(1, Math.round((bytes * rows) / written));
}

const rowsOf = (files: readonly DataFile[]): number => files.reduce((sum, file) => sum + Number(file.recordCount), 0);

const targetBytes = ({ metadata, targetFileSizeBytes }: WriteTarget): number =>
  targetFileSizeBytes ?? tableProperties(metadata.properties).targetFileSizeBytes;
