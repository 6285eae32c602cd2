import { copyFile } from "node:fs/promises";
import { extname } from "node:path";
import { arrowProjection, Database, escapeGlob, quotedString, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import type { RecordBatch } from "apache-arrow";

/** Rows of a Parquet file, until they are disposed of; the file stays. */
export interface ParquetRows extends AsyncDisposable {
  batches(): AsyncIterable<RecordBatch>;
  write(path: string): Promise<void>;
}

/** Opens a Parquet file for reading its rows in any format. */
export async function openParquet(path: string): Promise<ParquetRows> {
  const database = await Database.open();
  const session = await database.connect();
  const relation = `read_parquet(${quotedString(escapeGlob(path))})`;
  const columns = await session.describe(`SELECT * FROM ${relation}`);
  return {
    batches: () => session.batches(`SELECT ${arrowProjection(columns)} FROM ${relation}`),
    write: (to) =>
      extname(to) === ".parquet" ? copyFile(path, to) : writeOutput(session, `SELECT * FROM ${relation}`, to),
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
