import type { FileIO } from "../io/file-io.ts";

/** Remembers what a commit has written, so that what comes to nothing can be deleted again. */
export class WrittenFiles {
  readonly #io: FileIO;
  readonly #written = new Set<string>();

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

  /** Deletes a file that only a refused attempt knew of; one that cannot be deleted is an orphan for maintenance to find. */
  async discard(location: string): Promise<void> {
    if (!this.#written.delete(location)) return;
    await Promise.allSettled([this.#io.delete(location)]);
  }

  /** Deletes everything, once it is certain that nothing of it came into use. */
  async deleteAll(): Promise<void> {
    await Promise.all([...this.#written].map((location) => this.discard(location)));
  }
}
