import type { EntityKey } from "../../../codec/entity-key.ts";

/**
 * The rows that requests ask for, one after the other: who reads each, and which of the reader's it is. By column, since
 * an object for each would be as much garbage as the values that are read.
 */
export class WantedRows<Reader> {
  readonly #readers: Reader[] = [];
  readonly #rows: number[] = [];
  readonly #keys: EntityKey[] = [];

  /** Adds a reader's rows, but for those without a key. */
  add(reader: Reader, keys: readonly (EntityKey | undefined)[]): void {
    for (let row = 0; row < keys.length; row++) {
      const key = keys[row];
      if (key === undefined) continue;
      this.#readers.push(reader);
      this.#rows.push(row);
      this.#keys.push(key);
    }
  }

  get count(): number {
    return this.#keys.length;
  }

  readerOf(index: number): Reader {
    return this.#readers[index] as Reader;
  }

  rowOf(index: number): number {
    return this.#rows[index] as number;
  }

  keyOf(index: number): EntityKey {
    return this.#keys[index] as EntityKey;
  }
}
