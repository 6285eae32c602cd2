import { ancestorsOf } from "../../spec/ancestors.ts";
import { branchHead } from "../../spec/branch.ts";
import { mainBranch, type Snapshot } from "../../spec/snapshot.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";

/** The property of a snapshot's summary that makes an append idempotent. */
const appendKeyProperty = "icecore.ingest-key";
/** The same of an append of what several have sent: their keys, percent-encoded, with spaces between them. */
const appendKeysProperty = "icecore.ingest-keys";

/** What a summary says of an append with these keys. */
export function appendKeySummary(keys: readonly string[]): Readonly<Record<string, string>> {
  const [first, ...others] = keys;
  if (first === undefined) return {};
  if (others.length === 0) return { [appendKeyProperty]: first };
  return { [appendKeysProperty]: keys.map(encoded).join(" ") };
}

/** The keys that an append was made with. */
export function appendKeysOf({ summary }: Pick<Snapshot, "summary">): readonly string[] {
  const { [appendKeyProperty]: key, [appendKeysProperty]: keys } = summary.properties;
  if (keys !== undefined) return keys.split(" ").map(decodeURIComponent);
  return key === undefined ? [] : [key];
}

/** The append in a branch's history that had the key, if any. One that has expired is not remembered. */
export function findAppend(metadata: TableMetadata, key: string, branch: string = mainBranch): Snapshot | undefined {
  return findAppends(metadata, [key], branch).get(key);
}

/** The appends that had these keys, by key. */
export function findAppends(
  metadata: TableMetadata,
  keys: readonly string[],
  branch: string = mainBranch,
): ReadonlyMap<string, Snapshot> {
  const found = new Map<string, Snapshot>();
  if (keys.length === 0) return found;
  const wanted = new Map(keys.map((key) => [encoded(key), key]));
  for (const snapshot of ancestorsOf(metadata, branchHead(metadata, branch)?.snapshotId)) {
    const { [appendKeyProperty]: one, [appendKeysProperty]: several } = snapshot.summary.properties;
    // Decoded only where it is one of those: a history may hold a great many.
    for (const text of one === undefined ? (several?.split(" ") ?? []) : [encoded(one)]) {
      const key = wanted.get(text);
      if (key !== undefined && !found.has(key)) found.set(key, snapshot);
    }
    if (found.size === wanted.size) break;
  }
  return found;
}

/** Half of a surrogate pair is no text, and cannot be encoded. */
function encoded(key: string): string {
  return encodeURIComponent(key.replace(/\p{Surrogate}/gu, "\ufffd"));
}
