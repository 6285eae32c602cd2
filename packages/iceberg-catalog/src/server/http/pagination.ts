import type { Context } from "hono";
import { IcebergError } from "../../errors.ts";

export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

/**
 * The page that a request asks for; everything when it asks for none. A token names the item that the page before
 * ended with, so items that come and go meanwhile do not shift the others.
 */
export function pageOf<T>(c: Context, items: readonly T[], nameOf: (item: T) => string): Page<T> {
  const sorted = items.toSorted((a, b) => compare(nameOf(a), nameOf(b)));
  const after = decodeToken(c.req.query("pageToken") ?? "");
  const rest = after === "" ? sorted : sorted.filter((item) => compare(nameOf(item), after) > 0);
  const page = rest.slice(0, pageSize(c));
  const last = page.at(-1);
  const isLastPage = last === undefined || page.length === rest.length;
  return { items: page, nextPageToken: isLastPage ? null : encodeToken(nameOf(last)) };
}

function pageSize(c: Context): number {
  const text = c.req.query("pageSize");
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d*$/.test(text)) throw new IcebergError("INVALID_ARGUMENT", `pageSize "${text}" is no positive number`);
  return Number(text);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function encodeToken(name: string): string {
  return Buffer.from(name).toString("base64url");
}

function decodeToken(token: string): string {
  const name = Buffer.from(token, "base64url").toString();
  if (encodeToken(name) === token) return name;
  throw new IcebergError("INVALID_ARGUMENT", `pageToken "${token.slice(0, 80)}" is none that this catalog gave`);
}
