import { createHash, timingSafeEqual } from "node:crypto";
import type { Principal } from "./principal.ts";

/** A token by its SHA-256, and who bears it. */
export interface TokenGrant {
  readonly sha256: Buffer;
  readonly principal: Principal;
}

/** A grant of a token. */
export function grantTo(token: string, principal: Principal): TokenGrant {
  return { sha256: digest(token), principal };
}

/** Who bears a token; undefined: nobody. It takes the same time whoever it is, and however near a wrong token comes. */
export function bearerOf(token: string, grants: readonly TokenGrant[]): Principal | undefined {
  const given = digest(token);
  let found: Principal | undefined;
  for (const { sha256, principal } of grants) if (timingSafeEqual(given, sha256)) found ??= principal;
  return found;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
