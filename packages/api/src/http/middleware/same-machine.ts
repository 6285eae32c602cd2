import type { MiddlewareHandler } from "hono";
import { localUser } from "../access/principal.ts";
import { failure, type HttpEnv } from "../failure.ts";
import { isLoopback } from "../loopback.ts";

/**
 * Stands in for a token on this machine: its browser can reach the server, so a web page could. Requests that another
 * site sends are refused, and those under another host name, which is how a page makes itself the same site.
 */
export function sameMachine(): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const { hostname } = new URL(c.req.url);
    c.set("principal", localUser);
    if (isLoopback(hostname) && c.req.header("sec-fetch-site") !== "cross-site") return next();
    return failure(c, 403, "TOKEN_NEEDED", `without a token this server answers on localhost only, not as ${hostname}`);
  };
}
