/**
 * What went wrong, as a stable word. `COMMIT_CONFLICT` means the catalog refused the commit and nothing was written;
 * `COMMIT_STATE_UNKNOWN` means nobody knows yet, so nothing may be retried or cleaned up; `VALIDATION_FAILED` means that
 * another commit changed what this one was computed from, so that repeating it would be wrong.
 */
export type IcebergErrorCode =
  | "ALREADY_EXISTS"
  | "AUTHENTICATION_FAILED"
  | "COMMIT_CONFLICT"
  | "COMMIT_STATE_UNKNOWN"
  | "DATA_INVALID"
  | "FILE_EXISTS"
  | "FILE_INVALID"
  | "FILE_NOT_FOUND"
  | "FORBIDDEN"
  | "INVALID_ARGUMENT"
  | "IO_FAILED"
  | "METADATA_INVALID"
  | "NAMESPACE_NOT_EMPTY"
  | "NAMESPACE_NOT_FOUND"
  | "OUT_OF_MEMORY"
  | "QUERY_INVALID"
  | "QUERY_REFUSED"
  | "ROWS_INVALID"
  | "SERVICE_UNAVAILABLE"
  | "SNAPSHOT_NOT_FOUND"
  | "STORAGE_FULL"
  | "TABLE_NOT_FOUND"
  | "UNSUPPORTED"
  | "VALIDATION_FAILED"
  | "WAREHOUSE_NOT_FOUND";

/** A failure of this package. `code` is stable; the message is for people and names the mend where there is one. */
export class IcebergError extends Error {
  override readonly name = "IcebergError";
  readonly code: IcebergErrorCode;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: IcebergErrorCode,
    message: string,
    options: { readonly context?: Record<string, unknown>; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
  }

  /** Only a conflict is safe to repeat from a refreshed base: nothing was written to the catalog. */
  get retryable(): boolean {
    return this.code === "COMMIT_CONFLICT";
  }
}

/** Whether `error` is an {@link IcebergError}, with `code` when one is given; safe across two copies of the package. */
export function isIcebergError(error: unknown, code?: IcebergErrorCode): error is IcebergError {
  return (
    error instanceof Error &&
    error.name === "IcebergError" &&
    (code === undefined || (error as IcebergError).code === code)
  );
}
