import type { FileIO } from "../io/file-io.ts";

/** Remembers what a commit has written, so that what comes to nothing can be deleted again. */
export class WrittenFiles {
  readonly #io: FileIO;
  readonly #written = new Set<string>();
  #used = new Set<string>();

  constructor(io: FileIO) {
    this.#io = io;
  }

  read(location: string): Promise<Uint8Array> {
    return this.#io.read(location);
  }

  async write(location: string, bytes: Uint8Array): Promise<void> {
    await this.#io.write(location, bytes);
    this.#written.add(location);
  }

  /** Files that the snapshots of the attempt under way are made of. */
  use(locations: Iterable<string>): void {
    for (const location of locations) this.#used.add(location);
  }

  /** What an attempt before used may still be wanted, but has to be asked for anew. */
  beginAttempt(): void {
    this.#used = new Set();
  }

  /** Deletes what only refused attempts used, once it is certain that the last attempt was taken. */
  deleteUnused(): Promise<void> {
    return this.#discard([...this.#written].filter((location) => !this.#used.has(location)));
  }

  /** Deletes everything, once it is certain that nothing of it came into use. */
  deleteAll(): Promise<void> {
    return this.#discard([...this.#written]);
  }

  /** A file that cannot be deleted is an orphan for maintenance to find. */
  async #discard(locations: readonly string[]): Promise<void> {
    for (const location of locations) this.#written.delete(location);
    await Promise.allSettled(locations.map((location) => this.#io.delete(location)));
  }
}
