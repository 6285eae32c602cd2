import { LRUCache } from "lru-cache";
import type { FileIO } from "../io/file-io.ts";

/**
 * Enough for the manifests of some ten thousand files with many columns, which is what selective plans look at, and little
 * beside what a process takes anyway: it is full long before a table is large. What is larger than a quarter of it is not
 * kept.
 */
const defaultMaxBytes = 64 * 1024 * 1024;

const caches = new WeakMap<FileIO, MetadataCache>();

/**
 * How many bytes of decompressed manifests are kept for the scans of all tables that share a FileIO; 0: none are. What was
 * kept is dropped. Default: 64 MiB.
 */
export function limitManifestCache(io: FileIO, maxBytes: number = defaultMaxBytes): void {
  caches.set(io, new MetadataCache(maxBytes));
}

export function manifestCacheOf(io: FileIO): MetadataCache {
  const cache = caches.get(io) ?? new MetadataCache(defaultMaxBytes);
  caches.set(io, cache);
  return cache;
}

/** An Avro file that is decompressed a block at a time. */
interface BlockFile<B extends Block> {
  readonly blocks: Iterable<B>;
}

interface Block {
  readonly byteLength: number;
}

/** What is left of what a scan may bring in. */
export interface Allowance {
  bytes: number;
}

/**
 * Manifest lists and manifests, decompressed, by location: what is written there never changes. The ones that were used
 * last are kept. Each location is always opened in the same way.
 */
class MetadataCache {
  readonly #files: LRUCache<string, BlockFile<Block>> | undefined;
  readonly #maxFileBytes: number;

  constructor(maxBytes: number) {
    this.#files = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes }) : undefined;
    this.#maxFileBytes = maxBytes / 4;
  }

  find<F extends BlockFile<Block>>(location: string): F | undefined {
    return this.#files?.get(location) as F | undefined;
  }

  /** As much as one scan may bring in: beyond it, it would only push out what it has itself put here. */
  allowance(): Allowance {
    return { bytes: 4 * this.#maxFileBytes };
  }

  /** The file, which is kept when it has been read to its end, and is within the allowance. */
  remember<B extends Block, F extends BlockFile<B>>(location: string, file: F, allowance = this.allowance()): F {
    if (this.#files === undefined || allowance.bytes <= 0) return file;
    const blocks = (): Iterator<B> =>
      this.find<BlockFile<B>>(location)?.blocks[Symbol.iterator]() ?? this.#recording(location, file, allowance);
    return { ...file, blocks: { [Symbol.iterator]: blocks } };
  }

  *#recording<B extends Block>(location: string, file: BlockFile<B>, allowance: Allowance): Generator<B> {
    const blocks: B[] = [];
    let size = 0;
    for (const block of file.blocks) {
      size += block.byteLength;
      allowance.bytes -= block.byteLength;
      if (size <= this.#maxFileBytes) blocks.push(block);
      else blocks.length = 0;
      yield block;
    }
    if (size > 0 && size <= this.#maxFileBytes) this.#files?.set(location, { ...file, blocks }, { size });
  }
}
