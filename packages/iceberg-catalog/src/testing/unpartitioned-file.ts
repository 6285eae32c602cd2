import { specId } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";

/** A data file of three rows, of a table without partitions, as a commit adds it. */
export const unpartitionedFile = (filePath: string): DataFile => ({
  content: "data",
  filePath,
  fileFormat: "parquet",
  specId: specId(0),
  partition: [],
  recordCount: 3n,
  fileSizeInBytes: 1n,
});
