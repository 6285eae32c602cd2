import { IcebergError } from "../errors.ts";
import type { FileIO } from "../io/file-io.ts";
import { type SnapshotId, timestampMs } from "../spec/ids.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { tableProperties } from "../spec/table-properties.ts";
import type { Table } from "../table.ts";
import { type CommitEnvironment, systemEnvironment } from "../transaction/commit-environment.ts";
import { type ExpiryPlan, type ExpiryPolicy, planExpiry } from "./plan-expiry.ts";
import { reachableFiles } from "./reachable-files.ts";

export interface ExpireOptions extends ExpiryPolicy {
  /** Says what would go, and changes nothing. */
  readonly dryRun?: boolean;
  /** Clock and randomness. Default: the system's. */
  readonly environment?: CommitEnvironment;
}

export interface Expired {
  readonly table: Table;
  readonly snapshotIds: readonly SnapshotId[];
  readonly refs: readonly string[];
  /** Files that no snapshot needs any more; deleted, unless it was a dry run. */
  readonly files: readonly string[];
}

/**
 * Removes snapshots that are older than they need to be kept, and then the files that no remaining snapshot of any ref
 * needs. Files go only after the catalog has certainly taken the commit.
 *
 * @throws IcebergError `INVALID_ARGUMENT` where `gc.enabled` is false, `COMMIT_STATE_UNKNOWN` with no file deleted
 */
export async function expireSnapshots(loaded: Table, options: ExpireOptions = {}): Promise<Expired> {
  const { dryRun = false, environment = systemEnvironment } = options;
  const table = await loaded.withAllSnapshots();
  if (!tableProperties(table.metadata.properties).gcEnabled) {
    throw new IcebergError(
      "INVALID_ARGUMENT",
      "gc.enabled is false: the table's files may be shared with others; set it to true if they are not",
    );
  }
  const choose = (base: TableMetadata): ExpiryPlan => planExpiry(base, options, timestampMs(environment.now()));
  if (dryRun) return describe(table, table.metadata, choose(table.metadata));
  let before = table.metadata;
  let plan = choose(before);
  const after = await table
    .newTransaction(environment)
    .removeSnapshots((base) => {
      before = base;
      plan = choose(base);
      return plan;
    })
    .commit();
  const expired = await describe(after, before, plan);
  await Promise.all(expired.files.map((location) => table.io.delete(location)));
  return expired;
}

async function describe(table: Table, before: TableMetadata, { snapshots, refs }: ExpiryPlan): Promise<Expired> {
  const files = await unneededFiles(
    table.io,
    before,
    snapshots.map(({ snapshotId }) => snapshotId),
  );
  return { table, snapshotIds: snapshots.map(({ snapshotId }) => snapshotId), refs, files };
}

/** What only the removed snapshots are made of. Grows with what goes, not with the table. */
async function unneededFiles(
  io: FileIO,
  before: TableMetadata,
  ids: readonly SnapshotId[],
): Promise<readonly string[]> {
  const doomed = new Set(ids);
  const only = (keep: boolean): TableMetadata => ({
    ...before,
    snapshots: before.snapshots.filter(({ snapshotId }) => doomed.has(snapshotId) !== keep),
    metadataLog: [],
    statistics: [],
    partitionStatistics: [],
  });
  const candidates = new Set<string>();
  const going = reachableFiles(io, only(false), { entries: "all", unreadable: "skip" });
  for await (const location of going) candidates.add(location);
  if (candidates.size === 0) return [];
  const staying = reachableFiles(io, only(true), { entries: "live", unreadable: "fail" });
  for await (const location of staying) candidates.delete(location);
  return [...candidates];
}
