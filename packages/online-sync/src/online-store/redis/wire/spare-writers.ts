import { ByteWriter } from "../../../codec/byte-writer.ts";

/** Writers that were written to and are done with: memory that is given up all the time keeps the garbage collector busy. */
export class SpareWriters {
  readonly #most: number;
  readonly #mostBytes: number;
  readonly #writers: ByteWriter[] = [];

  /** Keeps so many at most, none of which has grown beyond so many bytes. */
  constructor(most: number, mostBytes: number) {
    this.#most = most;
    this.#mostBytes = mostBytes;
  }

  /** An empty one; a new one has room for `capacity` bytes. */
  take(capacity: number): ByteWriter {
    return this.#writers.pop() ?? new ByteWriter(capacity);
  }

  /** Takes one back, to which nobody holds a view any more. */
  give(writer: ByteWriter): void {
    writer.truncate(0);
    if (this.#writers.length < this.#most && writer.capacity <= this.#mostBytes) this.#writers.push(writer);
  }
}
