import { bytesToHex } from "./hex.ts";
import type { SpecId } from "./ids.ts";
import type { Datum, PartitionTuple } from "./manifest.ts";

/** A key that two partitions share when they are the same: same spec, same values; NaN equals itself, -0 is not 0. */
export function partitionKey(specId: SpecId, partition: PartitionTuple): string {
  return JSON.stringify([specId, ...partition.map(keyOf)]);
}

function keyOf(value: Datum | null): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return bytesToHex(value);
  return Object.is(value, -0) ? "-0" : String(value);
}
