import type { MiddlewareHandler } from "hono";
import { logText } from "../../errors.ts";
import type { HttpEnv } from "../failure.ts";

/** A request that was answered. The query string is left out, since it may hold what is not for logs. */
export interface AccessRecord {
  readonly time: string;
  readonly request_id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Until the answer began; a streamed one takes longer. */
  readonly duration_ms: number;
  /** What went wrong: a message where it was foreseen, else a stack trace. */
  readonly error?: string | undefined;
}

export function accessLog(log: (record: AccessRecord) => void, now: () => Date): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const began = now();
    await next();
    const { method, path } = c.req;
    const { status } = c.res;
    log({
      time: began.toISOString(),
      request_id: c.get("requestId"),
      method,
      path,
      status,
      duration_ms: now().getTime() - began.getTime(),
      // What a caller did wrong is said to the caller.
      ...((status < 400 || status >= 500) && c.error !== undefined ? { error: logText(c.error) } : {}),
    });
  };
}
