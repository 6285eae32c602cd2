import type { FeatureView } from "@icecore/feature-registry";
import { type SnapshotId, snapshotId } from "@icecore/iceberg-catalog";

/** A snapshot id, together with what rows of the view looked like when it was materialized. */
export function encodeWatermark(view: FeatureView, id: SnapshotId): string {
  return `${id} ${rowDefinition(view)}`;
}

/** The snapshot id; undefined when rows of the view look different by now. */
export function decodeWatermark(view: FeatureView, text: string): SnapshotId | undefined {
  const [id = "", ...definition] = text.split(" ");
  return definition.join(" ") === rowDefinition(view) ? snapshotId(BigInt(id)) : undefined;
}

function rowDefinition(view: FeatureView): string {
  const joinKeys = view.joinKeys.map(({ name, type }) => [name, type]);
  const features = view.features.map((feature) => [feature.name, feature.type, feature.default ?? null]);
  return JSON.stringify({ joinKeys, features, ttlSeconds: view.ttlSeconds ?? null });
}
