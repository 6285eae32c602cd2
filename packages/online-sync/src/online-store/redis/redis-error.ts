import { OnlineStoreError, type OnlineStoreErrorCode } from "../../errors.ts";

/** Redis's error replies begin with a word that says what kind they are; failures of the connection have none of them. */
const kinds: readonly (readonly [RegExp, OnlineStoreErrorCode, string])[] = [
  [
    /\b(NOAUTH|WRONGPASS|NOPERM)\b|invalid password/i,
    "STORE_FORBIDDEN",
    "check username and password in the connection string; sentinels have sentinel_username and sentinel_password",
  ],
  [/\bREADONLY\b/, "STORE_READ_ONLY", "it is a replica; name the primary in the connection string"],
  [/\bOOM\b/, "STORE_FULL", "raise its maxmemory, or give views a ttl"],
  [/^(CLUSTERDOWN|TRYAGAIN|LOADING|MASTERDOWN|BUSY)\b|non local key/, "STORE_UNAVAILABLE", "try again in a while"],
  [/\bMOVED\b|\bASK\b|\bCROSSSLOT\b/, "CONFIG_INVALID", "it is a cluster; set redis_type to redis_cluster"],
  [/cluster support disabled/i, "CONFIG_INVALID", "it is no cluster; set redis_type to redis"],
  [/\bROWVERSION\b/, "STORE_INVALID", "a newer version of this program has written there; use that one"],
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

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
