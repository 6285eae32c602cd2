import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { IcebergError } from "../../errors.ts";

/** Lets only requests pass that bear the token. */
export function requireToken(token: string): MiddlewareHandler {
  const wanted = digest(`Bearer ${token}`);
  return async (c, next) => {
    if (!timingSafeEqual(digest(c.req.header("authorization") ?? ""), wanted)) {
      throw new IcebergError("AUTHENTICATION_FAILED", "the request does not bear this catalog's token");
    }
    await next();
  };
}

/** Comparing digests takes the same time wherever the texts differ. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
