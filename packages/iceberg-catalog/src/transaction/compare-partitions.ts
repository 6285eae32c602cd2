import { compareValues } from "../spec/compare-values.ts";
import type { Datum, PartitionTuple } from "../spec/manifest.ts";

/** Orders the partitions of one spec by their values, the first field first, null before everything. */
export function comparePartitions(a: PartitionTuple, b: PartitionTuple): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareNullable(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareNullable(a: Datum | null, b: Datum | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  return compareValues(a, b);
}
