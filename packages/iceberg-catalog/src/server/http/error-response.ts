import { IcebergError, type IcebergErrorCode } from "../../errors.ts";
import { stringifyJson } from "../../spec/json.ts";

/** Status and exception name of the REST specification, per code. */
const answers: Readonly<Record<IcebergErrorCode, readonly [status: number, type: string]>> = {
  ALREADY_EXISTS: [409, "AlreadyExistsException"],
  AUTHENTICATION_FAILED: [401, "NotAuthorizedException"],
  COMMIT_CONFLICT: [409, "CommitFailedException"],
  COMMIT_STATE_UNKNOWN: [500, "CommitStateUnknownException"],
  DATA_INVALID: [400, "BadRequestException"],
  FILE_EXISTS: [500, "InternalServerError"],
  FILE_INVALID: [500, "InternalServerError"],
  FILE_NOT_FOUND: [404, "NotFoundException"],
  FORBIDDEN: [403, "ForbiddenException"],
  INVALID_ARGUMENT: [400, "BadRequestException"],
  IO_FAILED: [500, "InternalServerError"],
  METADATA_INVALID: [500, "InternalServerError"],
  NAMESPACE_NOT_EMPTY: [409, "NamespaceNotEmptyException"],
  NAMESPACE_NOT_FOUND: [404, "NoSuchNamespaceException"],
  OUT_OF_MEMORY: [500, "InternalServerError"],
  QUERY_INVALID: [400, "BadRequestException"],
  QUERY_REFUSED: [403, "ForbiddenException"],
  ROWS_INVALID: [400, "BadRequestException"],
  SERVICE_UNAVAILABLE: [503, "ServiceUnavailableException"],
  SNAPSHOT_NOT_FOUND: [404, "NotFoundException"],
  STORAGE_FULL: [507, "InsufficientStorageException"],
  TABLE_NOT_FOUND: [404, "NoSuchTableException"],
  UNSUPPORTED: [406, "UnsupportedOperationException"],
  VALIDATION_FAILED: [400, "ValidationException"],
  WAREHOUSE_NOT_FOUND: [404, "NoSuchWarehouseException"],
};

/** The answer to a request that failed. */
export function errorResponse(error: unknown): Response {
  if (error instanceof IcebergError) {
    const [status, type] = answers[error.code];
    return errorModel(status, type, error.message);
  }
  return errorModel(500, "InternalServerError", error instanceof Error ? error.message : String(error));
}

export function errorModel(code: number, type: string, message: string): Response {
  return jsonResponse(stringifyJson({ error: { message, type, code: BigInt(code) } }), code);
}

export function jsonResponse(body: string, status = 200): Response {
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}
