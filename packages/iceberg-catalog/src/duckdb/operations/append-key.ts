import { ancestorsOf } from "../../spec/ancestors.ts";
import { branchHead } from "../../spec/branch.ts";
import { mainBranch, type Snapshot } from "../../spec/snapshot.ts";
import type { TableMetadata } from "../../spec/table-metadata.ts";

/** The property of a snapshot's summary that makes an append idempotent. */
const appendKeyProperty = "icecore.ingest-key";
/** The same of an append of what several were sent: a JSON array. */
const appendKeysProperty = "icecore.ingest-keys";

/** What a summary says of an append with these keys. */
export function appendKeySummary(keys: readonly string[]): Readonly<Record<string, string>> {
  const [first, ...others] = keys;
  if (first === undefined) return {};
  return others.length === 0 ? { [appendKeyProperty]: first } : { [appendKeysProperty]: JSON.stringify(keys) };
}

/** The keys that an append was made with. */
export function appendKeysOf({ summary }: Pick<Snapshot, "summary">): readonly string[] {
  const { [appendKeyProperty]: key, [appendKeysProperty]: keys } = summary.properties;
  if (keys !== undefined) return JSON.parse(keys) as string[];
  return key === undefined ? [] : [key];
}

/** The append in a branch's history that had one of the keys, if any. One that has expired is not remembered. */
export function findAppend(
  metadata: TableMetadata,
  keys: string | readonly string[],
  branch: string = mainBranch,
): Snapshot | undefined {
  const wanted = new Set(typeof keys === "string" ? [keys] : keys);
  if (wanted.size === 0) return undefined;
  for (const snapshot of ancestorsOf(metadata, branchHead(metadata, branch)?.snapshotId)) {
    if (appendKeysOf(snapshot).some((key) => wanted.has(key))) return snapshot;
  }
  return undefined;
}
