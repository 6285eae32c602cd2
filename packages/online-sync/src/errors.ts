/**
 * What went wrong, as a stable word. `STORE_UNAVAILABLE`, `MATERIALIZATION_RUNNING`, `RUN_INTERRUPTED` and `RUN_LOST` may be tried again
 * later as they are: writes are idempotent. The others need a change first.
 */
export type OnlineStoreErrorCode =
  | "BATCH_INVALID"
  | "CONFIG_INVALID"
  | "ENTITY_INVALID"
  | "MATERIALIZATION_RUNNING"
  | "MIGRATION_BEHIND"
  | "RUN_INTERRUPTED"
  | "RUN_LOST"
  | "STORE_FORBIDDEN"
  | "STORE_FULL"
  | "STORE_INVALID"
  | "STORE_READ_ONLY"
  | "STORE_UNAVAILABLE"
  | "TYPE_UNSUPPORTED"
  | "VALUE_INVALID";

/** A failure of this package. `code` is stable; the message says what, where and the mend. */
export class OnlineStoreError extends Error {
  override readonly name = "OnlineStoreError";
  readonly code: OnlineStoreErrorCode;

  constructor(code: OnlineStoreErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}
