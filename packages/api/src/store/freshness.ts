import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import { isKnownError, type KnownError } from "../errors.ts";
import type { StoreContext } from "./context.ts";

/** How fresh a view is. */
export interface ViewFreshness {
  readonly view: string;
  /** When its newest rows were committed; undefined while it is empty. */
  readonly committedAt: Date | undefined;
  /** When the rows that are online were committed; undefined where it was never materialized, or is not online. */
  readonly materializedAt: Date | undefined;
  /** For how long the oldest commit has waited to be online, in seconds: 0 when all are. Undefined where it is not online. */
  readonly lagSeconds: number | undefined;
  /** Why that cannot be told of this view. */
  readonly problem?: KnownError;
}

/** How fresh every view is, by definitions that are at most a minute old. */
export async function freshness(context: StoreContext): Promise<readonly ViewFreshness[]> {
  const { definitions } = await context.cachedRegistry.read();
  return Promise.all(
    definitions.featureViews.map((view) =>
      viewFreshness(context, view).catch((problem: unknown) => {
        if (!isKnownError(problem)) throw problem;
        return { view: view.name, committedAt: undefined, materializedAt: undefined, lagSeconds: undefined, problem };
      }),
    ),
  );
}

async function viewFreshness(context: StoreContext, view: FeatureView): Promise<ViewFreshness> {
  const table = await context.project.loadViewTable(view);
  const committedAt = timeOf(table, table.currentSnapshot()?.snapshotId);
  if (!view.online) return { view: view.name, committedAt, materializedAt: undefined, lagSeconds: undefined };
  const watermark = await (await context.onlineStore()).loadWatermark(view);
  const waiting = oldestWaiting(table, watermark?.snapshotId);
  return {
    view: view.name,
    committedAt,
    materializedAt: timeOf(table, watermark?.snapshotId),
    lagSeconds: waiting === undefined ? 0 : Math.max(0, (context.now().getTime() - waiting.getTime()) / 1000),
  };
}

function timeOf({ metadata }: Table, id: SnapshotId | undefined): Date | undefined {
  const snapshot = metadata.snapshots.find(({ snapshotId }) => snapshotId === id);
  return snapshot === undefined ? undefined : new Date(snapshot.timestampMs);
}

/** When the first commit came after the one that is online; of a table that never was, its first. */
function oldestWaiting(table: Table, online: SnapshotId | undefined): Date | undefined {
  const { snapshotLog } = table.metadata;
  if (table.currentSnapshot() === undefined || table.currentSnapshot()?.snapshotId === online) return undefined;
  const known = snapshotLog.findLastIndex(({ snapshotId }) => snapshotId === online);
  const next = snapshotLog[known + 1];
  return next === undefined ? undefined : new Date(next.timestampMs);
}
