import type { CatalogStore, Entries } from "./catalog-store.ts";

/** A store that ends with the process. */
export function memoryStore(): CatalogStore {
  let current = new Map<string, string>();
  return {
    read: async (work) => work(entriesOf(current)),
    transact: async (work) => {
      const changed = new Map(current);
      const result = work(entriesOf(changed));
      current = changed;
      return result;
    },
    close: async () => {},
  };
}

function entriesOf(map: Map<string, string>): Entries {
  return {
    get: (key) => map.get(key),
    put: (key, value) => {
      map.set(key, value);
    },
    remove: (key) => {
      map.delete(key);
    },
    startingWith: (prefix) =>
      [...map].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : Number(a > b))),
  };
}
