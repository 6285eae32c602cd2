import { existsSync } from "node:fs";
import { join } from "node:path";
import { Database, quotedString } from "@icecore/iceberg-catalog/duckdb";
import { inProcess } from "../run.ts";
import { benchViews, dataFilesPattern } from "./bench-views.ts";
import { count } from "./beside-sql.ts";
import type { Ingested } from "./ingest.ts";
import { sparse } from "./sizes.ts";

export const ingestHead = ["input", "time", "rows per minute", "peak memory"];

/** The rows of a view as one file, brought into a table of its own. */
export async function ingestRows(format: "parquet" | "csv", memoryLimit: string): Promise<readonly string[]> {
  const folder = await benchViews(sparse);
  const file = join(folder, `ingest.${format}`);
  if (!existsSync(file)) {
    await using database = await Database.open({ memoryLimit, tempDirectory: folder });
    await using session = await database.connect();
    const rows = `read_parquet(${quotedString(dataFilesPattern(folder, "first"))}, hive_partitioning = false)`;
    await session.run(`COPY (FROM ${rows}) TO ${quotedString(file)} (FORMAT ${format})`);
  }
  const { seconds, rows, peakMb } = await inProcess<Ingested>(import.meta.url, "ingest", { file, memoryLimit });
  return [
    `${count(rows)} rows of ${format}`,
    `${seconds.toFixed(1)} s`,
    `${((rows / seconds) * 60e-6).toFixed(1)} million`,
    `${peakMb.toFixed(0)} MB`,
  ];
}
