import { OnlineStoreError, type OnlineStoreErrorCode } from "../../errors.ts";

/** Redis's error replies begin with a word that says what kind they are; failures of the connection have none of them. */
const kinds: readonly (readonly [RegExp, OnlineStoreErrorCode, string])[] = [
  [
    /\b(NOAUTH|WRONGPASS|NOPERM)\b|invalid password/i,
    "STORE_FORBIDDEN",
    "check username and password in the connection string",
  ],
  [/\bREADONLY\b/, "STORE_READ_ONLY", "it is a replica; name the primary in the connection string"],
  [/\bOOM\b/, "STORE_FULL", "raise its maxmemory, or give views a ttl"],
  [/\bMOVED\b|\bASK\b|\bCROSSSLOT\b/, "CONFIG_INVALID", "it is a cluster, which is not supported; name a single Redis"],
  [/\bDB index is out of range\b/, "CONFIG_INVALID", "choose a smaller db in the connection string"],
  [/\bWRONGTYPE\b/, "STORE_INVALID", "another program keeps something else under a key of ours"],
  [/^ERR\b/, "STORE_INVALID", "it has to be Redis 7 or later with scripting allowed"],
];

/** A failure of Redis in our words; errors of our own pass through. */
export function toRedisError(address: string, cause: unknown): OnlineStoreError {
  if (cause instanceof OnlineStoreError) return cause;
  const message = messageOf(cause);
  const known = kinds.find(([pattern]) => pattern.test(message));
  const [code, mend] =
    known === undefined
      ? (["STORE_UNAVAILABLE", "see that it runs and can be reached"] as const)
      : [known[1], known[2]];
  return new OnlineStoreError(code, `Redis at ${address}: ${message}; ${mend}`, { cause });
}

/** Where a host has several addresses, Node gathers why each failed, and leaves its own message empty. */
function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === "") return messageOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : String(cause);
}
