import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { failure, type HttpEnv } from "../failure.ts";

/** Lets only requests pass that bear the token; health is everyone's to ask. */
export function requireToken(token: string): MiddlewareHandler<HttpEnv> {
  const wanted = digest(token);
  return async (c, next) => {
    const [, given] = /^bearer +(.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    if (c.req.path === "/health" || (given !== undefined && timingSafeEqual(digest(given), wanted))) return next();
    c.header("WWW-Authenticate", "Bearer");
    return failure(c, 401, "AUTHENTICATION_REQUIRED", "send this server's token as Authorization: Bearer TOKEN");
  };
}

/** Comparing digests takes the same time wherever the texts differ. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
