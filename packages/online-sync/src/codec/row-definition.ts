import type { FeatureView } from "@icecore/feature-registry";

/** All of a view that its rows show, as text: rows of views that differ in it are not alike. */
export function rowDefinition(view: FeatureView): string {
  const joinKeys = view.joinKeys.map(({ name, type }) => [name, type]);
  const features = view.features.map((feature) => [feature.name, feature.type, feature.default ?? null]);
  return JSON.stringify({ joinKeys, features, ttlSeconds: view.ttlSeconds ?? null });
}
