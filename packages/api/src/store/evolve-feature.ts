import {
  describe,
  didYouMean,
  type Feature,
  type FeatureView,
  featureType,
  featureTypeNames,
  findFeatureView,
  RegistryError,
  type RegistryVersion,
} from "@icecore/feature-registry";
import { isIcebergError, typeToString } from "@icecore/iceberg-catalog";
import type { FeatureEdit } from "../definitions/edit-feature.ts";
import { editFiles } from "../definitions/edit-files.ts";
import { applyToStore } from "./apply.ts";
import { requireRegistry, type StoreContext } from "./context.ts";
import { planRepository } from "./plan-repository.ts";

export interface EvolvedFeature {
  readonly view: string;
  /** As it is now; as it was, when it was dropped. */
  readonly feature: Feature;
  /** The definition file that was edited. */
  readonly file: string;
  readonly registry: RegistryVersion;
}

export interface EvolveOptions {
  /** Needed to drop a feature. */
  readonly allowDestructive?: boolean;
}

/**
 * Changes a feature everywhere at once: in the definition file, the table's schema and the registry. No data file is
 * rewritten: rows from before have an added feature's default, or null; a renamed or widened one has its values.
 * @throws RegistryError `CHANGE_REFUSED` when the view forbids it, or the repository has changes that are not applied;
 *   `FEATURE_NOT_FOUND`, `DEFINITION_INVALID`
 */
export async function evolveFeature(
  context: StoreContext,
  viewName: string,
  asked: FeatureEdit,
  options: EvolveOptions = {},
): Promise<EvolvedFeature> {
  const edit = spelt(asked);
  const { definitions } = await requireRegistry(context.project);
  const view = findFeatureView(definitions, viewName);
  refuseUnfit(view, edit);
  await refusePending(context);
  const files = await editFiles(context.repo, viewName, edit);
  await files.write();
  try {
    const registry = await applyToStore(context, await planRepository(context), options);
    return { view: viewName, feature: evolved(edit, view, registry), file: files.path, registry };
  } catch (error) {
    // A commit that may have landed belongs to the edited text; if it has not, the next apply makes it.
    if (!isIcebergError(error, "COMMIT_STATE_UNKNOWN")) await files.restore();
    throw error;
  }
}

function evolved(edit: FeatureEdit, before: FeatureView, registry: RegistryVersion): Feature {
  if (edit.type === "add") return edit.feature;
  const { features } = edit.type === "drop" ? before : findFeatureView(registry.definitions, before.name);
  const name = edit.type === "rename" ? edit.to : edit.name;
  return requireFeature(features, name, before.name);
}

function refuseUnfit(view: FeatureView, edit: FeatureEdit): void {
  const added = edit.type === "add" ? edit.feature.name : edit.type === "rename" ? edit.to : undefined;
  if (edit.type !== "add") requireFeature(view.features, edit.name, view.name);
  if (added !== undefined) refuseName(view, added);
}

/** With its type as definitions spell it. */
function spelt(edit: FeatureEdit): FeatureEdit {
  if (edit.type === "add") return { ...edit, feature: { ...edit.feature, type: requireType(edit.feature.type) } };
  return edit.type === "widen" ? { ...edit, to: requireType(edit.to) } : edit;
}

function requireType(text: string): string {
  const type = featureType(text);
  if (type !== undefined) return typeToString(type);
  throw new RegistryError("DEFINITION_INVALID", `"${text}" is no type; types are ${featureTypeNames.join(", ")}`);
}

function requireFeature(features: readonly Feature[], name: string, view: string): Feature {
  const found = features.find((feature) => feature.name === name);
  if (found !== undefined) return found;
  const names = features.map((feature) => feature.name);
  throw new RegistryError(
    "FEATURE_NOT_FOUND",
    `feature view "${view}" has no feature "${name}"${didYouMean(name, names)}`,
  );
}

function refuseName(view: FeatureView, name: string): void {
  if (view.features.some((existing) => existing.name === name)) {
    throw new RegistryError(
      "CHANGE_REFUSED",
      `feature view "${view.name}" has a feature "${name}" already; choose another name`,
    );
  }
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    throw new RegistryError(
      "DEFINITION_INVALID",
      `"${name}" is no name for a feature: use letters, digits and _, and begin with a letter`,
    );
  }
}

async function refusePending(context: StoreContext): Promise<void> {
  const [pending] = (await planRepository(context)).changes;
  if (pending === undefined) return;
  throw new RegistryError(
    "CHANGE_REFUSED",
    `the repository has changes that are not applied yet, of ${describe(pending.definition)}; run icecore apply first`,
  );
}
