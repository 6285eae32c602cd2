import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import {
  type MigrateProgress,
  type MigrateSummary,
  migrateView,
  openRedisStore,
  type RedisLayoutName,
} from "@icecore/online-sync";
import { IcecoreError } from "../errors.ts";
import { requireRegistry, type StoreContext } from "./context.ts";
import { toRedisOptions } from "./redis-options.ts";
import { selectViews } from "./select-views.ts";
import { loadViewTable } from "./view-table.ts";

export interface MigrateOptions {
  /** The layout to copy all rows to, from the other one. */
  readonly to: RedisLayoutName;
  /** Removes the rows from the other layout, once they are copied. */
  readonly removeSource?: boolean | undefined;
  readonly onProgress?: ((progress: MigrateProgress) => void) | undefined;
}

/**
 * Copies all that is in the Redis online store from one layout into the other, while it is read and written. Whoever
 * reads and writes goes on with the layout of its configuration: that is to be changed afterwards.
 */
export async function migrateLayout(
  context: StoreContext,
  options: MigrateOptions,
): Promise<readonly MigrateSummary[]> {
  const { online_store: settings, project } = context.config;
  if (settings.type !== "redis") {
    throw new IcecoreError(
      "CONFIG_INVALID",
      `the online store is of type ${settings.type}, which has one layout only; layouts are of type redis`,
    );
  }
  const { to: target, removeSource = false, onProgress } = options;
  const source = target === "packed" ? "feast" : "packed";
  await using from = await openRedisStore({ ...toRedisOptions(settings, project), layout: source });
  await using to = await openRedisStore({ ...toRedisOptions(settings, project), layout: target });
  const { definitions } = await requireRegistry(context.project);
  const summaries: MigrateSummary[] = [];
  for (const view of selectViews(definitions)) {
    const table = await loadViewTable(context, view.name);
    const olderSnapshot = (a: SnapshotId, b: SnapshotId) => olderOf(table, a, b);
    summaries.push(await migrateView({ view, from, to, olderSnapshot, removeSource, onProgress }));
  }
  return summaries;
}

/** The one that came first of two snapshots that led to the current one; undefined when one of them did not. */
function olderOf(table: Table, a: SnapshotId, b: SnapshotId): SnapshotId | undefined {
  const parents = new Map(table.metadata.snapshots.map((each) => [each.snapshotId, each.parentSnapshotId]));
  const lineage: SnapshotId[] = [];
  for (let id = table.currentSnapshot()?.snapshotId; id !== undefined; id = parents.get(id)) lineage.push(id);
  const [ageOfA, ageOfB] = [lineage.indexOf(a), lineage.indexOf(b)];
  if (ageOfA < 0 || ageOfB < 0) return undefined;
  return ageOfA > ageOfB ? a : b;
}
