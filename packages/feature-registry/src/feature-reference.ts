import type { Definitions, Feature, FeatureView, Projection } from "./definitions.ts";
import { didYouMean, RegistryError } from "./errors.ts";

/** Features to read, from one view: a resolved {@link Projection}. */
export interface FeatureRequest {
  readonly view: FeatureView;
  /** The name the view goes by in the answer. */
  readonly name: string;
  readonly features: readonly RequestedFeature[];
  /** The column of the entity rows for each join key of the view, in the view's order. */
  readonly keyColumns: readonly string[];
}

export interface RequestedFeature {
  readonly feature: Feature;
  /** The column in the answer: the feature's name, or `view__feature` with full feature names. */
  readonly output: string;
}

/** What a caller asks for: `view:feature` references, or a feature service by name. */
export type FeatureSelection =
  | { readonly features: readonly string[]; readonly fullFeatureNames?: boolean }
  | { readonly service: string; readonly fullFeatureNames?: boolean };

/**
 * Resolves a selection against the registry's definitions, views in the order they are first named.
 * @throws RegistryError when a name is unknown, or two features would share an output column
 */
export function resolveFeatures(definitions: Definitions, selection: FeatureSelection): readonly FeatureRequest[] {
  const projections =
    "service" in selection
      ? findService(definitions, selection.service).projections
      : toProjections(selection.features);
  const fullNames = selection.fullFeatureNames ?? false;
  const requests = projections.map((projection) => resolveProjection(definitions, projection, fullNames));
  refuseCollisions(requests);
  return requests;
}

/** The feature view of that name. @throws RegistryError `FEATURE_VIEW_NOT_FOUND` */
export function findFeatureView(definitions: Definitions, name: string): FeatureView {
  const view = definitions.featureViews.find((candidate) => candidate.name === name);
  if (view !== undefined) return view;
  const known = definitions.featureViews.map((candidate) => candidate.name);
  throw new RegistryError(
    "FEATURE_VIEW_NOT_FOUND",
    `no feature view "${name}" in the registry${didYouMean(name, known)}`,
  );
}

/** The views that rows are pushed to by the name of a push source. @throws RegistryError `FEATURE_VIEW_NOT_FOUND` */
export function findPushedViews(definitions: Definitions, pushSource: string): readonly FeatureView[] {
  const views = definitions.featureViews.filter((view) => view.pushSource === pushSource);
  return views.length > 0 ? views : [findFeatureView(definitions, pushSource)];
}

function findService(definitions: Definitions, name: string) {
  const service = definitions.featureServices.find((candidate) => candidate.name === name);
  if (service !== undefined) return service;
  const known = definitions.featureServices.map((candidate) => candidate.name);
  throw new RegistryError(
    "FEATURE_SERVICE_NOT_FOUND",
    `no feature service "${name}" in the registry${didYouMean(name, known)}`,
  );
}

function toProjections(references: readonly string[]): readonly Projection[] {
  if (references.length === 0) {
    throw new RegistryError("REFERENCE_INVALID", "no features asked for; name some as view:feature, or a service");
  }
  const byView = new Map<string, string[]>();
  for (const reference of references) {
    const [view, feature, ...rest] = reference.split(":");
    if (!view || !feature || rest.length > 0) {
      throw new RegistryError("REFERENCE_INVALID", `"${reference}" is no feature reference; write it as view:feature`);
    }
    byView.set(view, [...(byView.get(view) ?? []), feature]);
  }
  return [...byView].map(([view, features]) => ({ view, features: [...new Set(features)], joinKeyMap: {} }));
}

function resolveProjection(definitions: Definitions, projection: Projection, fullNames: boolean): FeatureRequest {
  const view = findFeatureView(definitions, projection.view);
  const name = projection.alias ?? view.name;
  refuseUnknownKeys(view, projection);
  const features = projection.features.map((featureName) => {
    const feature = view.features.find((candidate) => candidate.name === featureName);
    if (feature === undefined) {
      throw new RegistryError("FEATURE_NOT_FOUND", noFeature(view, featureName));
    }
    return { feature, output: fullNames ? `${name}__${featureName}` : featureName };
  });
  return { view, name, features, keyColumns: view.joinKeys.map((key) => projection.joinKeyMap[key.name] ?? key.name) };
}

function refuseUnknownKeys(view: FeatureView, { joinKeyMap }: Projection): void {
  const keys = view.joinKeys.map((key) => key.name);
  const unknown = Object.keys(joinKeyMap).find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  throw new RegistryError("REFERENCE_INVALID", noJoinKey(view, unknown));
}

/** Says that a view has no feature of that name. */
export function noFeature({ name: view, features }: FeatureView, name: string): string {
  const known = features.map((feature) => feature.name);
  return `feature view "${view}" has no feature "${name}"${didYouMean(name, known)}`;
}

/** Says that a view has no join key of that name. */
export function noJoinKey({ name: view, joinKeys }: FeatureView, name: string): string {
  const known = joinKeys.map((key) => key.name);
  return `feature view "${view}" has no join key "${name}" to map${didYouMean(name, known)}`;
}

function refuseCollisions(requests: readonly FeatureRequest[]): void {
  const owners = new Map<string, string>();
  for (const { name, features } of requests) {
    for (const { output } of features) {
      // SQL does not tell "Delay" from "delay".
      const other = owners.get(output.toLowerCase());
      if (other !== undefined) {
        throw new RegistryError(
          "FEATURE_NAME_COLLISION",
          `"${other}" and "${name}" both give a feature "${output}"; ask for full feature names, or name one of the views otherwise`,
        );
      }
      owners.set(output.toLowerCase(), name);
    }
  }
}
