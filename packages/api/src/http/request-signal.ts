import type { Context } from "hono";
import type { HttpEnv } from "./failure.ts";

/** Aborts when the caller leaves, and when the request has taken as long as one may. */
export function requestSignal(c: Context<HttpEnv>): AbortSignal {
  const { signal } = c.req.raw;
  const timeoutMs = c.get("timeoutMs");
  return timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
}
