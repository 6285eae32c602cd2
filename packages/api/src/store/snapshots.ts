import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import { IcecoreError } from "../errors.ts";
import type { StoreContext } from "./context.ts";
import { loadOwnTable, loadViewTable } from "./view-table.ts";

/** Tags a snapshot of a view, by default the current one, so that it can be read by name and never expires. */
export async function tagSnapshot(
  context: StoreContext,
  viewName: string,
  tag: string,
  snapshotId?: SnapshotId,
): Promise<SnapshotId> {
  const table = await loadViewTable(context, viewName);
  const tagged = snapshotId ?? table.currentSnapshot()?.snapshotId;
  if (tagged === undefined)
    throw new IcecoreError("ARGUMENT_INVALID", `${viewName} has no snapshot to tag yet: ingest some rows`);
  requireSnapshot(table, viewName, tagged);
  await table.newTransaction().createTag(tag, tagged).commit();
  return tagged;
}

/** Makes an earlier snapshot of a view its current one. Nothing is lost: the later ones stay until they expire. */
export async function rollBack(context: StoreContext, viewName: string, snapshotId: SnapshotId): Promise<void> {
  const { table } = await loadOwnTable(context, viewName);
  requireSnapshot(table, viewName, snapshotId);
  await table.newTransaction().setCurrentSnapshot(snapshotId).commit();
}

function requireSnapshot({ metadata }: Table, viewName: string, id: SnapshotId): void {
  if (metadata.snapshots.some(({ snapshotId }) => snapshotId === id)) return;
  throw new IcecoreError(
    "ARGUMENT_INVALID",
    `${viewName} has no snapshot ${id}, or it has expired; icecore history ${viewName} lists those it has`,
  );
}
