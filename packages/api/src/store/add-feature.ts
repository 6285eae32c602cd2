import {
  applyPlan,
  describe,
  type Feature,
  featureType,
  featureTypeNames,
  findFeatureView,
  planApply,
  RegistryError,
  type RegistryVersion,
} from "@icecore/feature-registry";
import { addFeatureToSource } from "../definitions/add-feature-source.ts";
import { loadDefinitions } from "../definitions/load-definitions.ts";
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
 * rewritten: rows from before have the default, or null. Services that take the whole view take the feature too.
 * @throws RegistryError `CHANGE_REFUSED` when the view has the feature already, or the repository has changes that have
 * not been applied
 */
export async function addFeature(context: StoreContext, viewName: string, feature: Feature): Promise<AddedFeature> {
  await refuseUnfit(context, viewName, feature);
  const source = await addFeatureToSource(context.repo, viewName, feature);
  await source.write();
  try {
    const plan = await planApply(context.project, await loadDefinitions(context.repo));
    const registry = await applyPlan(context.project, plan, { nowMicros: nowMicros(context) });
    return { view: viewName, feature, file: source.path, registry };
  } catch (error) {
    await source.restore();
    throw error;
  }
}

async function refuseUnfit(context: StoreContext, viewName: string, feature: Feature): Promise<void> {
  const { definitions } = await requireRegistry(context.project);
  const view = findFeatureView(definitions, viewName);
  if (view.features.some((existing) => existing.name === feature.name)) {
    throw new RegistryError("CHANGE_REFUSED", `feature view "${viewName}" has a feature "${feature.name}" already`);
  }
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(feature.name)) {
    throw new RegistryError(
      "DEFINITION_INVALID",
      `"${feature.name}" is no name for a feature: use letters, digits and _`,
    );
  }
  if (featureType(feature.type) === undefined) {
    const known = featureTypeNames.join(", ");
    throw new RegistryError("DEFINITION_INVALID", `"${feature.type}" is no type; types are ${known}`);
  }
  const [pending] = (await planApply(context.project, await loadDefinitions(context.repo))).changes;
  if (pending === undefined) return;
  throw new RegistryError(
    "CHANGE_REFUSED",
    `the repository has changes that are not applied yet, of ${describe(pending.definition)}; run icecore apply first`,
  );
}
