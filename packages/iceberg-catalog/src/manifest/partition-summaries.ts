import { maximum, minimum } from "../spec/compare-values.ts";
import type { Datum, FieldSummary, PartitionTuple } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { encodeValue } from "../spec/values.ts";

/** What a manifest list says of each partition field of a manifest, so that readers can skip it unopened. */
export function partitionSummaries(
  types: readonly (PrimitiveType | undefined)[],
  partitions: readonly PartitionTuple[],
): readonly FieldSummary[] {
  return types.map((type, i) =>
    summarise(
      type,
      partitions.map((partition) => partition[i] ?? null),
    ),
  );
}

function summarise(type: PrimitiveType | undefined, values: readonly (Datum | null)[]): FieldSummary {
  const bounded = values.filter((value): value is Datum => value !== null && !Number.isNaN(value));
  const presence = { containsNull: values.includes(null), containsNan: values.some(Number.isNaN) };
  if (type === undefined || bounded.length === 0) return presence;
  return {
    ...presence,
    lowerBound: encodeValue(type, bounded.reduce(minimum)),
    upperBound: encodeValue(type, bounded.reduce(maximum)),
  };
}
