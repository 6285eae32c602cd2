import { type Definitions, type FeatureView, findFeatureView } from "@icecore/feature-registry";

/** The views that are named, or all that are online where none is. @throws RegistryError `FEATURE_VIEW_NOT_FOUND` */
export function selectViews(definitions: Definitions, names: readonly string[] = []): readonly FeatureView[] {
  if (names.length === 0) return definitions.featureViews.filter((view) => view.online);
  return names.map((name) => findFeatureView(definitions, name));
}
