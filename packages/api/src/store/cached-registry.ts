import {
  type FeatureRequest,
  type FeatureSelection,
  type RegistryVersion,
  resolveFeatures,
} from "@icecore/feature-registry";

/** The registry for reads that come often: as it was at most a minute ago. A failure is not remembered. */
export class CachedRegistry {
  readonly #load: () => Promise<RegistryVersion>;
  readonly #now: () => Date;
  #cached: CacheEntry | undefined;

  constructor(load: () => Promise<RegistryVersion>, now: () => Date) {
    this.#load = load;
    this.#now = now;
  }

  read(): Promise<RegistryVersion> {
    return this.#entry().registry;
  }

  /** The features that a selection means. Models ask for the same ones again and again. */
  async resolve(selection: FeatureSelection): Promise<readonly FeatureRequest[]> {
    const { registry, resolved } = this.#entry();
    const key = JSON.stringify(selection);
    const known = resolved.get(key);
    if (known !== undefined) return known;
    const requests = resolveFeatures((await registry).definitions, selection);
    if (resolved.size < maxSelections) resolved.set(key, requests);
    return requests;
  }

  #entry(): CacheEntry {
    const at = this.#now().getTime();
    if (this.#cached !== undefined && Math.abs(at - this.#cached.at) < maxAgeMs) return this.#cached;
    const entry: CacheEntry = { registry: this.#load(), at, resolved: new Map() };
    this.#cached = entry;
    entry.registry.catch(() => {
      if (this.#cached === entry) this.forget();
    });
    return entry;
  }

  /** Reads anew the next time: this process has changed the registry. */
  forget(): void {
    this.#cached = undefined;
  }
}

interface CacheEntry {
  readonly registry: Promise<RegistryVersion>;
  readonly at: number;
  readonly resolved: Map<string, readonly FeatureRequest[]>;
}

const maxAgeMs = 60_000;
/** What anybody may ask for must not fill the memory. */
const maxSelections = 1000;
