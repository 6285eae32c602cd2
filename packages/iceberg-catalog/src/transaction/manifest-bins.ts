import { groupBy } from "../spec/group-by.ts";
import type { SpecId } from "../spec/ids.ts";
import type { ManifestFile } from "../spec/manifest.ts";

/** What packing looks at. */
export interface Sized {
  readonly content: ManifestFile["content"];
  readonly partitionSpecId: SpecId;
  readonly manifestLength: bigint;
}

/**
 * Manifests that may become one: of the same spec and content, next to each other, of no more than `targetBytes` together.
 * The manifests come newest first, and so do the groups. Filling begins with the oldest, so that a bin that is full stays
 * as it is however many manifests come. Pure.
 */
export function manifestBins<T extends Sized>(manifests: readonly T[], targetBytes: number): readonly (readonly T[])[] {
  const groups = groupBy(manifests, ({ content, partitionSpecId }) => `${content} ${partitionSpecId}`);
  return [...groups.values()].flatMap((group) => binsOf(group, BigInt(targetBytes)));
}

function binsOf<T extends Sized>(group: readonly T[], targetBytes: bigint): readonly (readonly T[])[] {
  const bins: T[][] = [];
  let room = 0n;
  for (const manifest of [...group].reverse()) {
    const bin = bins[0];
    if (bin === undefined || manifest.manifestLength > room) {
      bins.unshift([manifest]);
      room = targetBytes - manifest.manifestLength;
    } else {
      bin.unshift(manifest);
      room -= manifest.manifestLength;
    }
  }
  return bins;
}
