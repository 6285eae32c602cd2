import type { MiddlewareHandler } from "hono";
import { failure, type HttpEnv } from "../failure.ts";
import { bearerOf, type TokenGrant } from "./tokens.ts";

/** Lets only bearers of a token pass, and remembers who they are; what is open is everyone's to ask. */
export function authenticate(
  grants: readonly TokenGrant[],
  isOpen: (path: string) => boolean,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const [, given] = /^bearer +(.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    const principal = given === undefined ? undefined : bearerOf(given, grants);
    if (principal !== undefined) c.set("principal", principal);
    if (principal !== undefined || isOpen(c.req.path)) return next();
    c.header("WWW-Authenticate", "Bearer");
    return failure(c, 401, "AUTHENTICATION_REQUIRED", "send a token of this server as Authorization: Bearer TOKEN");
  };
}
