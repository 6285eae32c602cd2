import {
  applyPlan,
  type Definitions,
  type Feature,
  featureType,
  featureTypeNames,
  findFeatureView,
  planApply,
  RegistryError,
  type RegistryVersion,
} from "@icecore/feature-registry";
import { addFeatureToSource } from "../definitions/add-feature-source.ts";
import { nowMicros, requireRegistry, type StoreContext } from "./context.ts";

export interface AddedFeature {
  readonly view: string;
  readonly feature: Feature;
  /** The definition file that was edited. */
  readonly file: string;
  readonly registry: RegistryVersion;
}

/**
 * Adds a feature everywhere at once: to the definition file, the table's schema and the registry. No data file is
 * rewritten: rows from before have the default, or null.
 * @throws RegistryError `CHANGE_REFUSED` when the view has the feature already
 */
export async function addFeature(context: StoreContext, viewName: string, feature: Feature): Promise<AddedFeature> {
  const registry = await requireRegistry(context.project);
  const view = findFeatureView(registry.definitions, viewName);
  if (view.features.some((existing) => existing.name === feature.name)) {
    throw new RegistryError("CHANGE_REFUSED", `feature view "${viewName}" has a feature "${feature.name}" already`);
  }
  if (featureType(feature.type) === undefined) {
    throw new RegistryError(
      "DEFINITION_INVALID",
      `"${feature.type}" is no type; types are ${featureTypeNames.join(", ")}`,
    );
  }
  const source = await addFeatureToSource(context.repo, viewName, feature);
  const changed = { ...view, features: [...view.features, feature] };
  const desired: Definitions = {
    ...registry.definitions,
    featureViews: registry.definitions.featureViews.map((existing) => (existing === view ? changed : existing)),
  };
  const plan = await planApply(context.project, desired);
  const applied = await applyPlan(context.project, plan, { nowMicros: nowMicros(context) });
  await source.write();
  return { view: viewName, feature, file: source.path, registry: applied };
}
