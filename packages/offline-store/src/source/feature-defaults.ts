import type { FeatureView } from "@icecore/feature-registry";
import type { ColumnDefaults } from "@icecore/iceberg-catalog/duckdb";

/** What rows that were written before a feature was added have in its column. */
export function featureDefaults({ features }: Pick<FeatureView, "features">): ColumnDefaults {
  return new Map(
    features.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, String(value)] as const])),
  );
}
