/** What went wrong, as a stable word. */
export type OfflineStoreErrorCode =
  | "DATA_INVALID"
  | "DIGEST_DIFFERS"
  | "FILE_NOT_FOUND"
  | "LOCK_INVALID"
  | "OUTPUT_EXISTS"
  | "QUERY_INVALID"
  | "QUERY_REFUSED"
  | "QUERY_TIMED_OUT"
  | "QUERY_TOO_LARGE"
  | "SPINE_INVALID";

/** A failure of this package. `code` is stable; the message says what, where and the mend. */
export class OfflineStoreError extends Error {
  override readonly name = "OfflineStoreError";
  readonly code: OfflineStoreErrorCode;
  /** Of `DATA_INVALID`: the first rows, numbered from 1, that are to blame; undefined where it is not a matter of rows. */
  readonly rows: readonly number[] | undefined;

  constructor(
    code: OfflineStoreErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly rows?: readonly number[] } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.rows = options.rows;
  }
}
