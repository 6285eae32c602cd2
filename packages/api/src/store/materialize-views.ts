import type { FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import { type EventWindow, pullRows, pullWindow } from "@icecore/offline-store";
import {
  type MaterializeProgress,
  type MaterializeSummary,
  materialize,
  materializeWindow,
} from "@icecore/online-sync";
import { requireRegistry, type StoreContext, withSession } from "./context.ts";
import { selectViews } from "./select-views.ts";

export interface MaterializeOptions {
  /** Names of views; default: every view that is online. */
  readonly views?: readonly string[] | undefined;
  /** Reads all rows again instead of what came since the watermark, and makes the online store equal to them. */
  readonly full?: boolean | undefined;
  /** Writes the rows of a stretch of event time instead, where the online store has none that are newer. */
  readonly window?: EventWindow | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: MaterializeProgress) => void) | undefined;
}

/** Brings the online store up to the newest snapshots, one view after the other. */
export async function materializeViews(
  context: StoreContext,
  options: MaterializeOptions,
): Promise<readonly MaterializeSummary[]> {
  const { definitions } = await requireRegistry(context.project);
  const summaries: MaterializeSummary[] = [];
  for (const view of selectViews(definitions, options.views)) {
    summaries.push(await materializeView(context, view, options));
  }
  return summaries;
}

/** Brings the online store up to the newest snapshot of a view. */
export async function materializeView(
  context: StoreContext,
  view: FeatureView,
  { full, window, signal, onProgress }: Omit<MaterializeOptions, "views">,
): Promise<MaterializeSummary> {
  const store = await context.onlineStore();
  const loadTable = () => context.project.loadViewTable(view);
  return withSession(context, async (session) => {
    if (window === undefined) {
      // The table is loaded within the run: loaded before, it could be older than what another run has left.
      const pull = async (since: SnapshotId | undefined, begun: readonly SnapshotId[]) =>
        pullRows(session, view, await loadTable(), since, begun);
      return materialize({ view, store, pull, full, signal, onProgress });
    }
    await using rows = await pullWindow(session, view, await loadTable(), window);
    return await materializeWindow({ view, store, rows, signal, onProgress });
  });
}
