import type { FeatureCell } from "../codec/feature-cell.ts";

/** Whether a store holds a value: timestamps to the second, which is all that Feast's layout keeps. */
export function sameCell(offline: FeatureCell | null, online: FeatureCell | null): boolean {
  if (offline === null || online === null) return offline === online;
  if (offline instanceof Date) return online instanceof Date && seconds(offline) === seconds(online);
  if (Array.isArray(offline)) return Array.isArray(online) && sameLists(offline, online);
  if (offline instanceof Uint8Array) return online instanceof Uint8Array && Buffer.compare(offline, online) === 0;
  return Object.is(offline, online);
}

const sameLists = (offline: readonly FeatureCell[], online: readonly FeatureCell[]): boolean =>
  offline.length === online.length && offline.every((cell, i) => sameCell(cell, online[i] ?? null));

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);
