import { ByteWriter } from "../../../codec/byte-writer.ts";

/** Writers that were written to and are done with: memory that is given up all the time keeps the garbage collector busy. */
export class SpareWriters {
  readonly #most: number;
  readonly #writers: ByteWriter[] = [];

  /** Keeps so many at most. */
  constructor(most: number) {
    this.#most = most;
  }

  /** An empty one; a new one has room for `capacity` bytes. */
  take(capacity: number): ByteWriter {
    return this.#writers.pop() ?? new ByteWriter(capacity);
  }

  /** Takes one back, to which nobody holds a view any more. */
  give(writer: ByteWriter): void {
    writer.truncate(0);
    if (this.#writers.length < this.#most) this.#writers.push(writer);
  }
}
