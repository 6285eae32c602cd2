import type { RegistryVersion } from "@icecore/feature-registry";

/** The registry for reads that come often: as it was at most a minute ago. A failure is not remembered. */
export class CachedRegistry {
  readonly #load: () => Promise<RegistryVersion>;
  readonly #now: () => Date;
  #cached: { readonly registry: Promise<RegistryVersion>; readonly at: number } | undefined;

  constructor(load: () => Promise<RegistryVersion>, now: () => Date) {
    this.#load = load;
    this.#now = now;
  }

  read(): Promise<RegistryVersion> {
    const at = this.#now().getTime();
    if (this.#cached !== undefined && Math.abs(at - this.#cached.at) < maxAgeMs) return this.#cached.registry;
    const entry = { registry: this.#load(), at };
    this.#cached = entry;
    entry.registry.catch(() => {
      if (this.#cached === entry) this.forget();
    });
    return entry.registry;
  }

  /** Reads anew the next time: this process has changed the registry. */
  forget(): void {
    this.#cached = undefined;
  }
}

const maxAgeMs = 60_000;
