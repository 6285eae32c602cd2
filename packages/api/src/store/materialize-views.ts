import { type FeatureView, findFeatureView } from "@icecore/feature-registry";
import { pullLatest } from "@icecore/offline-store";
import { type MaterializeProgress, type MaterializeSummary, materialize } from "@icecore/online-sync";
import { requireRegistry, type StoreContext, withSession } from "./context.ts";

export interface MaterializeOptions {
  /** Names of views; default: every view that is online. */
  readonly views?: readonly string[] | undefined;
  /** Reads the whole history again instead of what came since the watermark. */
  readonly full?: boolean | undefined;
  readonly onProgress?: ((progress: MaterializeProgress) => void) | undefined;
}

/** Brings the online store up to the newest snapshots, one view after the other. */
export async function materializeViews(
  context: StoreContext,
  options: MaterializeOptions,
): Promise<readonly MaterializeSummary[]> {
  const { definitions } = await requireRegistry(context.project);
  const views =
    options.views === undefined || options.views.length === 0
      ? definitions.featureViews.filter((view) => view.online)
      : options.views.map((name) => findFeatureView(definitions, name));
  const summaries: MaterializeSummary[] = [];
  for (const view of views) summaries.push(await materializeView(context, view, options));
  return summaries;
}

async function materializeView(
  context: StoreContext,
  view: FeatureView,
  { full, onProgress }: MaterializeOptions,
): Promise<MaterializeSummary> {
  const table = await context.project.loadTable(view.name);
  const store = await context.onlineStore();
  return withSession(context, (session) =>
    materialize({
      view,
      store,
      pull: (since) => pullLatest(session, view, table, full === true ? undefined : since),
      ...(onProgress === undefined ? {} : { onProgress }),
    }),
  );
}
