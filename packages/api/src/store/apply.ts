import {
  type ApplyOptions,
  applyPlan,
  type FeatureView,
  type PreparedPlan,
  type RegistryVersion,
} from "@icecore/feature-registry";
import { IcecoreError, isKnownError } from "../errors.ts";
import { nowMicros, type StoreContext } from "./context.ts";

/**
 * Carries a plan out, and then takes out of the online store what is not to be served any more. The registry is committed
 * before: who loses a race against another apply has changed nothing online either.
 * @throws RegistryError as `applyPlan`; IcecoreError `ONLINE_ROWS_LEFT` where all is applied, and online rows are left
 */
export async function applyToStore(
  context: StoreContext,
  plan: PreparedPlan,
  options: Omit<ApplyOptions, "nowMicros">,
): Promise<RegistryVersion> {
  try {
    const registry = await applyPlan(context.project, plan, { ...options, nowMicros: nowMicros(context) });
    await dropOnlineRows(context, viewsTakenOffline(plan), registry.version);
    return registry;
  } finally {
    context.cachedRegistry.forget();
  }
}

/** The views that were online, and will not be. */
export function viewsTakenOffline({ base, desired }: PreparedPlan): readonly FeatureView[] {
  const served = desired.featureViews.filter((view) => view.online).map(({ name }) => name);
  return base.definitions.featureViews.filter(({ name, online }) => online && !served.includes(name));
}

async function dropOnlineRows(context: StoreContext, views: readonly FeatureView[], version: number): Promise<void> {
  for (const view of views) {
    try {
      await (await context.onlineStore()).dropView(view);
    } catch (cause) {
      if (!isKnownError(cause)) throw cause;
      throw new IcecoreError(
        "ONLINE_ROWS_LEFT",
        `version ${version} is applied, but the online rows of feature view "${view.name}" could not be removed (${cause.message}); they stay until icecore teardown, or until the view is registered and deleted again`,
        { cause },
      );
    }
  }
}
