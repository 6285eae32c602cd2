import { LRUCache } from "lru-cache";
import type { TableMetadata } from "../../spec/table-metadata.ts";

/** A snapshot takes about a kilobyte, and tables have more of them than of anything else. */
const maxSnapshots = 20_000;

/** The metadata of the files that were current last, by location: what is written there never changes. */
export class KnownMetadata {
  readonly #files = new LRUCache<string, TableMetadata>({ maxSize: maxSnapshots });

  find(location: string): TableMetadata | undefined {
    return this.#files.get(location);
  }

  /** Keeps it, unless it is larger than all that is kept. */
  remember(location: string, metadata: TableMetadata): void {
    this.#files.set(location, metadata, { size: metadata.snapshots.length + 1 });
  }
}
