/** What went wrong, as a stable word. */
export type OfflineStoreErrorCode =
  | "DATA_INVALID"
  | "DIGEST_DIFFERS"
  | "FILE_INVALID"
  | "FILE_NOT_FOUND"
  | "LOCK_INVALID"
  | "OUT_OF_MEMORY"
  | "OUTPUT_EXISTS"
  | "QUERY_INVALID"
  | "QUERY_REFUSED"
  | "SPINE_INVALID"
  | "STORAGE_FULL"
  | "UNSUPPORTED";

/** A failure of this package. `code` is stable; the message says what, where and the mend. */
export class OfflineStoreError extends Error {
  override readonly name = "OfflineStoreError";
  readonly code: OfflineStoreErrorCode;

  constructor(code: OfflineStoreErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}
