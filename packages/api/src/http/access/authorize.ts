import type { Context } from "hono";
import { type HttpEnv, refuse } from "../failure.ts";
import { hasRole, type Principal, type Role } from "./principal.ts";

/** Stops a request whose token has a lesser role. */
export function requireRole(c: Context<HttpEnv>, wanted: Role): void {
  const principal = c.get("principal");
  if (hasRole(principal, wanted)) return;
  const { name, role } = principal;
  refuse(c, 403, "ACCESS_DENIED", `token "${name}" has role ${role}, and this needs ${wanted}`);
}

/** Stops a request for feature views that its token is kept from. */
export function requireViews(c: Context<HttpEnv>, views: readonly string[]): void {
  const { name, views: allowed } = c.get("principal");
  const [denied] = allowed === undefined ? [] : views.filter((view) => !allowed.has(view));
  if (denied === undefined) return;
  refuse(
    c,
    403,
    "ACCESS_DENIED",
    `token "${name}" may not use feature view "${denied}"; ${allowedText(c.get("principal"))}`,
  );
}

/** Stops a request for what belongs to no feature view. */
export function requireAllViews(c: Context<HttpEnv>, what: string): void {
  if (c.get("principal").views === undefined) return;
  refuse(
    c,
    403,
    "ACCESS_DENIED",
    `token "${c.get("principal").name}" may not use ${what}; ${allowedText(c.get("principal"))}`,
  );
}

function allowedText({ views = new Set() }: Principal): string {
  return `it is for ${[...views].join(", ") || "no feature view"}`;
}
