import type { FeatureRequest, FeatureView } from "@icecore/feature-registry";
import type { Table } from "@icecore/iceberg-catalog";
import { type At, type PinnedView, pinSnapshot, refuseUnreadViews } from "@icecore/offline-store";
import type { StoreContext } from "./context.ts";

/** Pins every view that is asked for at one state; a view that is asked for twice has one snapshot. */
export async function pinViews(
  context: StoreContext,
  requests: readonly FeatureRequest[],
  at: At,
): Promise<readonly PinnedView[]> {
  refuseUnreadViews(
    at,
    requests.map((request) => request.view.name),
  );
  const tables = new Map<string, Promise<Table>>();
  const load = (view: FeatureView): Promise<Table> => {
    const table = tables.get(view.name) ?? context.project.loadViewTable(view);
    tables.set(view.name, table);
    return table;
  };
  return Promise.all(
    requests.map(async (request) => {
      const table = await load(request.view);
      return { request, table, snapshotId: pinSnapshot(table, at, request.view.name) };
    }),
  );
}
