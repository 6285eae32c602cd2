/** Keys in order, each with a text. */
export interface Entries {
  get(key: string): string | undefined;
  put(key: string, value: string): void;
  remove(key: string): void;
  /** Those whose key begins with `prefix`, in the order of their keys. */
  startingWith(prefix: string): Iterable<readonly [key: string, value: string]>;
}

/** Where an embedded catalog keeps what it knows. Several processes may share one. */
export interface CatalogStore {
  /** Runs `work` over one consistent state. */
  read<T>(work: (entries: Pick<Entries, "get" | "startingWith">) => T): Promise<T>;
  /** Runs `work` alone; all of its changes are kept, on disk, or none when it throws. */
  transact<T>(work: (entries: Entries) => T): Promise<T>;
  close(): Promise<void>;
}
