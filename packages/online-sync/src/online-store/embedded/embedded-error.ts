import { OnlineStoreError, type OnlineStoreErrorCode } from "../../errors.ts";

const causes: readonly (readonly [RegExp, OnlineStoreErrorCode, string])[] = [
  [/MDB_MAP_FULL|no space left|ENOSPC|quota/i, "STORE_FULL", "the disk is full; free some space and run it again"],
  [
    /permission denied|EACCES|EPERM|read-only|EROFS/i,
    "STORE_READ_ONLY",
    "the file may not be written; check who owns it",
  ],
  [
    /MDB_INVALID|MDB_CORRUPTED|MDB_VERSION_MISMATCH|MDB_PAGE_NOTFOUND|not an LMDB/i,
    "STORE_INVALID",
    "the file is damaged or no online store; remove it and materialize in full",
  ],
];

/** A failure of LMDB in our words; errors of our own pass through. */
export function toEmbeddedError(path: string, cause: unknown): OnlineStoreError {
  if (cause instanceof OnlineStoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const known = causes.find(([pattern]) => pattern.test(message));
  const [code, mend] = known === undefined ? (["STORE_UNAVAILABLE", message] as const) : [known[1], known[2]];
  return new OnlineStoreError(code, `online store ${path}: ${mend}`, { cause });
}
