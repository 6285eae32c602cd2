import type { RedisAddress } from "../connection-string.ts";
import { lineEnd, replyType } from "../wire/reply.ts";

/** Why another server has to be asked: the slot is elsewhere by now, or just this key is already, or it is to be tried later. */
export type Redirection = { readonly kind: "moved" } | { readonly kind: "ask"; readonly address: RedisAddress };

/** The replies of a cluster that say that somebody else, or nobody yet, answers for a key. */
const moved = /^(MOVED |ASK |CLUSTERDOWN|TRYAGAIN|READONLY|LOADING|MASTERDOWN)|[Aa]ttempted to access a non local key/;

/** What the reply that begins at `start` says of it; undefined: it is an answer. */
export function parseRedirection(bytes: Buffer, start: number): Redirection | undefined {
  if (bytes[start] !== replyType.error) return undefined;
  const text = bytes.toString("utf8", start + 1, lineEnd(bytes, start) - 2);
  const [, host, port] = /^ASK \d+ (.*):(\d+)$/.exec(text) ?? [];
  if (host !== undefined) return { kind: "ask", address: { host, port: Number(port) } };
  return isMoved(text) ? { kind: "moved" } : undefined;
}

export function isMoved(message: string): boolean {
  return moved.test(message);
}
