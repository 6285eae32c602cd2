import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { writeOutput } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";

/** Rows in order, in a temporary table whose `rowid` counts them from 0. */
export interface OrderedRows {
  /** Quoted. */
  readonly table: string;
  readonly rows: bigint;
}

/** Rows per file of a directory: some hundred megabytes at most, and as much as a reader takes at once. */
const defaultRowsPerFile = 1_000_000;

/** Whether a path means a directory of Parquet files: it ends in `/`. */
export function isDirectoryPath(path: string): boolean {
  return /[/\\]$/.test(path);
}

/**
 * Writes rows as a directory of Parquet files, `part-00000.parquet` and so on: read one after the other by name they are
 * the rows in order. The directory appears whole or not at all.
 * @throws OfflineStoreError `OUTPUT_EXISTS` where something is there already
 */
export async function writeParts(
  session: Session,
  { table, rows }: OrderedRows,
  path: string,
  rowsPerFile: number = defaultRowsPerFile,
): Promise<void> {
  const target = path.replace(/[/\\]+$/, "");
  await refuseTaken(target);
  const temporary = `${target}.${crypto.randomUUID()}.tmp`;
  await mkdir(temporary).catch((cause) => {
    throw new OfflineStoreError("FILE_NOT_FOUND", `writing ${path}: ${cause.message}`, { cause });
  });
  try {
    const parts = Math.max(1, Math.ceil(Number(rows) / rowsPerFile));
    for (let part = 0; part < parts; part++) {
      const [from, to] = [part * rowsPerFile, (part + 1) * rowsPerFile];
      const name = `part-${String(part).padStart(5, "0")}.parquet`;
      await writeOutput(
        session,
        `SELECT * FROM ${table} WHERE rowid >= ${from} AND rowid < ${to}`,
        join(temporary, name),
      );
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function refuseTaken(target: string): Promise<void> {
  const found = await readdir(target).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" ? [] : [target],
  );
  if (found.length === 0) return;
  throw new OfflineStoreError("OUTPUT_EXISTS", `${target} is there already and not an empty directory; name another`);
}
