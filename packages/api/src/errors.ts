export type IcecoreErrorCode =
  | "ACCESS_DENIED"
  | "ARGUMENT_INVALID"
  | "CONFIG_INVALID"
  | "CONFIG_NOT_FOUND"
  | "DEFINITIONS_INVALID"
  | "INTERRUPTED"
  | "NOT_MATERIALIZED"
  | "ONLINE_ROWS_LEFT"
  | "PORT_IN_USE"
  | "SERVER_BUSY"
  | "TRAINING_SET_EXISTS";

/** A failure of this package. `code` is stable; the message says what, where and the mend. */
export class IcecoreError extends Error {
  override readonly name = "IcecoreError";
  readonly code: IcecoreErrorCode;

  constructor(code: IcecoreErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}

const ours = new Set(["IcecoreError", "IcebergError", "RegistryError", "OfflineStoreError", "OnlineStoreError"]);

/** An error that was foreseen: its message is meant for the user, and it has a stable code. */
export interface KnownError extends Error {
  readonly code: string;
}

/** Whether an error of any Icecore package; anything else is a fault of ours or of the machine. */
export function isKnownError(error: unknown): error is KnownError {
  return error instanceof Error && ours.has(error.name) && "code" in error && typeof error.code === "string";
}

/** What a thrown value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A thrown value as an error, for what takes nothing else. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** An error as logs have it: its message where it was foreseen, else its stack trace. */
export function logText(error: unknown): string {
  if (isKnownError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
