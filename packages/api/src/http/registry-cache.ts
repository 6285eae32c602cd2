import type { RegistryVersion } from "@icecore/feature-registry";
import type { FeatureStore } from "../store/feature-store.ts";

const maxAgeMs = 60_000;

/** The registry as it was read at most a minute ago, for requests that come often. A failure is not remembered. */
export function cachedRegistry(store: FeatureStore, now: () => Date): () => Promise<RegistryVersion> {
  let cached: { readonly registry: Promise<RegistryVersion>; readonly at: number } | undefined;
  return () => {
    const at = now().getTime();
    if (cached !== undefined && Math.abs(at - cached.at) < maxAgeMs) return cached.registry;
    const entry = { registry: store.registry(), at };
    cached = entry;
    entry.registry.catch(() => {
      if (cached === entry) cached = undefined;
    });
    return entry.registry;
  };
}
