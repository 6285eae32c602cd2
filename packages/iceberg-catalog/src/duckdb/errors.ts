import { IcebergError, type IcebergErrorCode } from "../errors.ts";

/**
 * DuckDB's errors carry no code: they are told apart here, once, by the text that its source gives them. The kind of
 * error that DuckDB names first is tried before anything in the message, which can quote the user.
 */
const known: readonly (readonly [RegExp, IcebergErrorCode, string])[] = [
  [/^(Parser|Binder|Catalog) Error/, "QUERY_INVALID", "DuckDB cannot run this SQL"],
  [
    /^Permission Error|^Invalid (Input|Configuration) Error: .*(disabled by configuration|configuration has been locked)/i,
    "QUERY_REFUSED",
    "queries read the tables of the catalog and nothing else",
  ],
  [
    /No space left on device|Could not write .*(?:disk|space)|failed to offload data block|max_temp_directory_size/i,
    "STORAGE_FULL",
    "the disk is full; free some space and run it again",
  ],
  [/^Out of Memory Error/i, "OUT_OF_MEMORY", "the memory limit is too small for this; raise it, or use fewer threads"],
  [/No files found that match the pattern|No such file or directory/i, "FILE_NOT_FOUND", "no such file"],
  [
    /No magic bytes found|too small to be a Parquet file|Invalid Parquet|not a parquet file|TProtocolException|Failed to read Parquet|Snappy decompression|ZSTD Decompression|Corrupt|footer|metadata thrift/i,
    "FILE_INVALID",
    "the parquet file is corrupt or is none",
  ],
  [/^(Conversion|Invalid Input|Out of Range) Error/, "ROWS_INVALID", "a value does not fit"],
];

/** Turns an error of DuckDB into ours: one line, a stable code. Errors that are ours already pass through. */
export function toIcebergError(error: unknown, doing: string): IcebergError {
  if (error instanceof IcebergError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const match = known.find(([pattern]) => pattern.test(text));
  const [code, mend] = match === undefined ? (["QUERY_INVALID", "DuckDB failed"] as const) : [match[1], match[2]];
  const firstLine = text.split("\n")[0] ?? text;
  return new IcebergError(code, `${doing}: ${mend} (${firstLine})`, { cause: error });
}
