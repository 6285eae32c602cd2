import { OfflineStoreError, type OfflineStoreErrorCode } from "../errors.ts";

/** DuckDB's errors carry no code: they are told apart here, once, by the text that its source gives them. */
const known: readonly (readonly [RegExp, OfflineStoreErrorCode, string])[] = [
  [
    /No space left on device|Could not write .*(?:disk|space)|failed to offload data block/i,
    "STORAGE_FULL",
    "the disk is full; free some space and run it again",
  ],
  [/Out of Memory Error/i, "OUT_OF_MEMORY", "the memory limit is too small for this; raise it, or use fewer threads"],
  [/No files found that match the pattern/i, "FILE_NOT_FOUND", "no such file"],
  [
    /No magic bytes found|too small to be a Parquet file|Invalid Parquet|not a parquet file|TProtocolException|Failed to read Parquet|Snappy decompression|ZSTD Decompression|Corrupt|footer|metadata thrift/i,
    "FILE_INVALID",
    "the parquet file is corrupt or is none",
  ],
  [
    /Permission Error|Access is disabled|disabled by configuration|Cannot access file|file system operations are disabled/i,
    "QUERY_REFUSED",
    "queries read the tables of the catalog and nothing else",
  ],
  [/Parser Error|Binder Error|Catalog Error/i, "QUERY_INVALID", "DuckDB cannot run this SQL"],
  [/Conversion Error|Invalid Input Error|Out of Range Error/i, "DATA_INVALID", "a value does not fit"],
];

/** Turns an error of DuckDB into ours: one line, a stable code. Errors that are ours already pass through. */
export function toOfflineStoreError(error: unknown, doing: string): OfflineStoreError {
  if (error instanceof OfflineStoreError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const match = known.find(([pattern]) => pattern.test(text));
  const [code, mend] = match === undefined ? (["QUERY_INVALID", "DuckDB failed"] as const) : [match[1], match[2]];
  const firstLine = text.split("\n")[0] ?? text;
  return new OfflineStoreError(code, `${doing}: ${mend} (${firstLine})`, { cause: error });
}
