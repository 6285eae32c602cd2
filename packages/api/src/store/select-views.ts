import { type Definitions, type FeatureView, findFeatureView } from "@icecore/feature-registry";
import { IcecoreError } from "../errors.ts";

/**
 * The views that are named, or all that are online where none is.
 * @throws RegistryError `FEATURE_VIEW_NOT_FOUND`, IcecoreError `ARGUMENT_INVALID` for a view that is not online
 */
export function selectViews(definitions: Definitions, names: readonly string[] = []): readonly FeatureView[] {
  if (names.length === 0) return definitions.featureViews.filter((view) => view.online);
  return names.map((name) => {
    const view = findFeatureView(definitions, name);
    refuseOffline(view);
    return view;
  });
}

/** @throws IcecoreError `ARGUMENT_INVALID` for a view that is not to be in the online store */
export function refuseOffline({ name, online }: FeatureView): void {
  if (online) return;
  throw new IcecoreError(
    "ARGUMENT_INVALID",
    `feature view "${name}" is defined with online: false, so that the online store has none of it; leave that out and run icecore apply`,
  );
}
