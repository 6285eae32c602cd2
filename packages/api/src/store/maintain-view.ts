import {
  type Expired,
  expireSnapshots,
  planOrphanFiles,
  removeOrphanFiles,
  type SnapshotId,
  type Table,
  timestampMs,
} from "@icecore/iceberg-catalog";
import { type CompactionProgress, planDataFileRewrite, rewriteDataFiles } from "@icecore/iceberg-catalog/duckdb";
import { featureDefaults } from "@icecore/offline-store";
import { messageOf } from "../errors.ts";
import { type StoreContext, withSession } from "./context.ts";
import { loadOwnTable } from "./view-table.ts";

/** What to do for a view's table, in this order; what is left out is not done. */
export interface MaintainRequest {
  /** Rewrites small files into large ones, and deleted rows out of their files. */
  readonly compact?: boolean | undefined;
  /** Removes snapshots older than this that no tag keeps, and the files that only they needed. */
  readonly expireOlderThanSeconds?: number | undefined;
  /** Removes files that no snapshot needs, older than this: leftovers of writers that failed. */
  readonly removeOrphansOlderThanSeconds?: number | undefined;
  /** Says what would be done to the table as it is, and changes nothing. */
  readonly dryRun?: boolean | undefined;
  readonly onProgress?: ((progress: CompactionProgress) => void) | undefined;
  /** Ends a compaction when nobody waits for it any more. What was committed by then stays. */
  readonly signal?: AbortSignal | undefined;
}

/** What was done, or would be. Parts that were not asked for are absent. */
export interface MaintainedView {
  readonly compacted?: {
    readonly rewrittenFiles: number;
    readonly rewrittenBytes: bigint;
    /** Files that took their place; absent from a dry run. */
    readonly addedFiles?: number;
    readonly removedDeleteFiles?: number;
  };
  readonly expired?: {
    readonly snapshotIds: readonly SnapshotId[];
    readonly refs: readonly string[];
    readonly files: readonly string[];
  };
  readonly orphans?: { readonly files: readonly string[]; readonly bytes: bigint };
  /** Files that nobody needs and that could not be deleted, with the reason. */
  readonly failed: readonly { readonly file: string; readonly reason: string }[];
}

/** Keeps a view's table small and fast. Readers see the same rows before and after. */
export async function maintainView(
  context: StoreContext,
  viewName: string,
  request: MaintainRequest,
): Promise<MaintainedView> {
  const { compact = false, expireOlderThanSeconds: age, removeOrphansOlderThanSeconds: orphanAge } = request;
  const failed: { file: string; reason: string }[] = [];
  const compacted = compact ? await compactView(context, viewName, request) : undefined;
  const expired =
    age === undefined
      ? undefined
      : await expire(context, (await loadOwnTable(context, viewName)).table, age, request, failed);
  const orphans =
    orphanAge === undefined
      ? undefined
      : await removeOrphans(context, (await loadOwnTable(context, viewName)).table, orphanAge, request, failed);
  return {
    ...(compacted !== undefined && { compacted }),
    ...(expired !== undefined && { expired }),
    ...(orphans !== undefined && { orphans }),
    failed,
  };
}

async function compactView(
  context: StoreContext,
  viewName: string,
  { dryRun = false, onProgress, signal }: MaintainRequest,
) {
  const { view, table } = await loadOwnTable(context, viewName);
  if (dryRun) {
    const { files, bytes } = await planDataFileRewrite(table);
    return { rewrittenFiles: files, rewrittenBytes: bytes };
  }
  const defaults = featureDefaults(view);
  const done = await withSession(
    context,
    (session) => rewriteDataFiles(session, table, { defaults, onProgress }),
    signal,
  );
  const { rewrittenFiles, rewrittenBytes, addedFiles, removedDeleteFiles } = done;
  return { rewrittenFiles, rewrittenBytes, addedFiles, removedDeleteFiles };
}

type Failed = { file: string; reason: string }[];

async function expire(
  context: StoreContext,
  table: Table,
  age: number,
  { dryRun = false }: MaintainRequest,
  failed: Failed,
): Promise<Pick<Expired, "snapshotIds" | "refs" | "files">> {
  const {
    snapshotIds,
    refs,
    files,
    failed: left,
  } = await expireSnapshots(table, { olderThan: ago(context, age), dryRun });
  failed.push(...left.map(({ location, error }) => ({ file: location, reason: messageOf(error) })));
  return { snapshotIds, refs, files };
}

async function removeOrphans(
  context: StoreContext,
  table: Table,
  age: number,
  { dryRun = false }: MaintainRequest,
  failed: Failed,
): Promise<NonNullable<MaintainedView["orphans"]>> {
  const plan = await planOrphanFiles(table, { olderThan: ago(context, age) });
  const sizes = new Map(plan.files.map(({ location, size }) => [location, size]));
  const bytesOf = (files: readonly string[]) => files.reduce((sum, file) => sum + BigInt(sizes.get(file) ?? 0), 0n);
  if (dryRun) {
    const files = plan.files.map(({ location }) => location);
    return { files, bytes: bytesOf(files) };
  }
  const { deleted, failed: left } = await removeOrphanFiles(table, plan);
  failed.push(...left.map(({ location, error }) => ({ file: location, reason: messageOf(error) })));
  return { files: deleted, bytes: bytesOf(deleted) };
}

const ago = ({ now }: StoreContext, seconds: number) => timestampMs(now().getTime() - seconds * 1000);
