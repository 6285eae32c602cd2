import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { RequestIdVariables } from "hono/request-id";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isKnownError } from "../errors.ts";
import type { Principal } from "./access/principal.ts";
import { statusOf } from "./errors.ts";

/** What the middleware leaves on a request. */
export interface HttpEnv {
  Variables: RequestIdVariables & {
    principal: Principal;
    /** The path of the operation that answers, with its parameters' names; undefined where none does. */
    route: string | undefined;
    /** How long heavy work may take. */
    timeoutMs: number | undefined;
  };
}

export const icebergPrefix = "/iceberg";

/**
 * The answer to a request that failed: `{ error: { code, message, request_id } }`. Below `/iceberg` it is the Iceberg
 * REST protocol's error model, which has the status for a code, since only that is what engines understand.
 */
export function failure(c: Context<HttpEnv>, status: ContentfulStatusCode, code: string, message: string): Response {
  const { path } = c.req;
  if (status === 503) c.header("Retry-After", "1");
  if (path === icebergPrefix || path.startsWith(`${icebergPrefix}/`)) {
    return c.json({ error: { message, type: code, code: status } }, status);
  }
  return c.json({ error: { code, message, request_id: c.get("requestId") } }, status);
}

/** Stops a request with that answer. */
export function refuse(c: Context<HttpEnv>, status: ContentfulStatusCode, code: string, message: string): never {
  throw new HTTPException(status, { res: failure(c, status, code, message) });
}

/** The answer to a request whose handler threw. What was not foreseen is for the log, not for the caller. */
export function thrownFailure(error: unknown, c: Context<HttpEnv>): Response {
  if (error instanceof HTTPException) return error.getResponse();
  if (isKnownError(error)) return failure(c, statusOf(error), error.code, error.message);
  return failure(c, 500, "INTERNAL", "an unexpected failure; the server's log has it under this request id");
}
