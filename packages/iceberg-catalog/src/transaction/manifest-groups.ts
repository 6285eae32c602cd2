import { groupBy } from "../spec/group-by.ts";
import type { ManifestFile } from "../spec/manifest.ts";

/** Manifests of one spec and one content, which are rewritten together. */
export interface ManifestGroup {
  readonly manifests: readonly ManifestFile[];
  /** How many of so many entries go into one manifest: evenly, so that the last is not much smaller. */
  entriesPerManifest(entries: number): number;
}

/**
 * The groups of which a rewrite makes better ones: fewer manifests than there are, manifests of the wanted size instead of
 * too large ones, or manifests with counts, which format 2 requires and old writers left out. Pure.
 */
export function manifestGroups(manifests: readonly ManifestFile[], targetBytes: number): readonly ManifestGroup[] {
  const groups = groupBy(manifests, ({ content, partitionSpecId }) => `${content} ${partitionSpecId}`);
  return [...groups.values()].flatMap((group) => {
    const bytes = group.reduce((sum, { manifestLength }) => sum + Number(manifestLength), 0);
    const wanted = Math.max(1, Math.ceil(bytes / targetBytes));
    const gains = wanted !== group.length || group.some(({ counts }) => counts === undefined);
    if (!gains) return [];
    return [{ manifests: group, entriesPerManifest: (entries) => Math.max(1, Math.ceil(entries / wanted)) }];
  });
}
