import { LRUCache } from "lru-cache";
import type { TableMetadata } from "../../spec/table-metadata.ts";

const maxBytes = 32 * 1024 * 1024;

/**
 * What this catalog has written into metadata files, by location. It names them so that no two are ever the same; of
 * files of other names, that were registered, nobody knows how long they stay as they are.
 */
export class KnownMetadata {
  readonly #files = new LRUCache<string, TableMetadata>({ maxSize: maxBytes });

  find(location: string): TableMetadata | undefined {
    return this.#files.get(location);
  }

  /** Keeps it, unless its text is longer than all that is kept. */
  remember(location: string, metadata: TableMetadata, bytes: number): void {
    this.#files.set(location, metadata, { size: Math.max(bytes, 1) });
  }

  /** Of a file that is current no longer, or has never come to be. */
  forget(location: string): void {
    this.#files.delete(location);
  }
}
