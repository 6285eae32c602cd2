import type { FileIO } from "../io/file-io.ts";
import { type SnapshotId, timestampMs } from "../spec/ids.ts";
import type { JsonValue } from "../spec/json.ts";
import { statisticsSnapshotId } from "../spec/statistics-file.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { tableProperties } from "../spec/table-properties.ts";
import type { Table } from "../table.ts";
import { type CommitEnvironment, systemEnvironment } from "../transaction/commit-environment.ts";
import { deleteFiles, type FailedDeletion } from "./delete-files.ts";
import { requireGcEnabled } from "./gc-enabled.ts";
import { type ExpiryPlan, type ExpiryPolicy, planExpiry } from "./plan-expiry.ts";
import { reachableFiles } from "./reachable-files.ts";

export interface ExpireOptions extends ExpiryPolicy {
  /** Says what would go, and changes nothing. */
  readonly dryRun?: boolean;
  /** Also removes schemas and partition specs that only expired snapshots needed; older catalogs do not know how. */
  readonly cleanExpiredMetadata?: boolean;
  /** Clock and randomness. Default: the system's. */
  readonly environment?: CommitEnvironment;
}

export interface Expired {
  readonly table: Table;
  readonly snapshotIds: readonly SnapshotId[];
  readonly refs: readonly string[];
  /** Files that no snapshot needs any more; deleted, unless it was a dry run or they are among those that failed. */
  readonly files: readonly string[];
  /** What could not be deleted: the snapshots are gone all the same, and the removal of orphan files finds it later. */
  readonly failed: readonly FailedDeletion[];
}

/**
 * Removes snapshots that are older than they need to be kept, and then the files that no remaining snapshot of any ref
 * needs. Files go only after the catalog has certainly taken the commit.
 *
 * @throws IcebergError `INVALID_ARGUMENT` where `gc.enabled` is false, `COMMIT_STATE_UNKNOWN` with no file deleted
 */
export async function expireSnapshots(loaded: Table, options: ExpireOptions = {}): Promise<Expired> {
  const { dryRun = false, cleanExpiredMetadata = false, environment = systemEnvironment } = options;
  const table = await loaded.withAllSnapshots();
  requireGcEnabled(table.metadata);
  const choose = (base: TableMetadata): ExpiryPlan => planExpiry(base, options, timestampMs(environment.now()));
  if (dryRun) return describe(table, table.metadata, choose(table.metadata));
  let before = table.metadata;
  let plan = choose(before);
  const removal = table.newTransaction(environment).removeSnapshots((base) => {
    requireGcEnabled(base);
    before = base;
    plan = choose(base);
    return plan;
  });
  const after = await (cleanExpiredMetadata ? removal.removeUnusedDefinitions() : removal).commit();
  const expired = await describe(after, before, plan, after.metadata);
  // Somebody said meanwhile that the files are shared: the snapshots are gone, and the files stay.
  if (!tableProperties(after.metadata.properties).gcEnabled) return { ...expired, files: [] };
  const { failed } = await deleteFiles(table.io, expired.files);
  return { ...expired, failed };
}

/** `after` has what others committed meanwhile: it may need files that only expired snapshots needed before. */
async function describe(
  table: Table,
  before: TableMetadata,
  { snapshots, refs }: ExpiryPlan,
  after: TableMetadata = before,
): Promise<Expired> {
  const files = await unneededFiles(
    table.io,
    before,
    after,
    snapshots.map(({ snapshotId }) => snapshotId),
  );
  return { table, snapshotIds: snapshots.map(({ snapshotId }) => snapshotId), refs, files, failed: [] };
}

/** What only the removed snapshots are made of. Grows with what goes, not with the table. */
async function unneededFiles(
  io: FileIO,
  before: TableMetadata,
  after: TableMetadata,
  ids: readonly SnapshotId[],
): Promise<readonly string[]> {
  const doomed = new Set(ids);
  const statisticsOf = (files: readonly JsonValue[], keep: boolean): readonly JsonValue[] =>
    files.filter((file) => doomed.has(statisticsSnapshotId(file)) !== keep);
  const only = (metadata: TableMetadata, keep: boolean): TableMetadata => ({
    ...metadata,
    snapshots: metadata.snapshots.filter(({ snapshotId }) => doomed.has(snapshotId) !== keep),
    metadataLog: [],
    statistics: statisticsOf(metadata.statistics, keep),
    partitionStatistics: statisticsOf(metadata.partitionStatistics, keep),
  });
  const candidates = new Set<string>();
  const going = reachableFiles(io, only(before, false), { entries: "all", unreadable: "skip" });
  for await (const location of going) candidates.add(location);
  if (candidates.size === 0) return [];
  const staying = reachableFiles(io, only(after, true), { entries: "live", unreadable: "fail" });
  for await (const location of staying) candidates.delete(location);
  return [...candidates];
}
