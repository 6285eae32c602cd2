import type { EntityKey } from "../../../codec/entity-key.ts";

/** The rows of one reader, by the numbers that they have among those of all. */
interface Part<Reader> {
  readonly reader: Reader;
  readonly keys: readonly (EntityKey | undefined)[];
  readonly first: number;
  readonly end: number;
  /** Which of the reader's rows they are; undefined: all, in their order. */
  readonly rows: readonly number[] | undefined;
}

/**
 * The rows that requests ask for, one after the other, with who reads each. Nothing is made for a row: that would be as much
 * garbage as the values that are read.
 */
export class WantedRows<Reader> {
  readonly #parts: Part<Reader>[] = [];
  #count = 0;

  /** Adds a reader's rows, but for those without a key. */
  add(reader: Reader, keys: readonly (EntityKey | undefined)[]): void {
    const rows = keys.includes(undefined) ? rowsWithKey(keys) : undefined;
    const first = this.#count;
    this.#count += rows?.length ?? keys.length;
    this.#parts.push({ reader, keys, first, end: this.#count, rows });
  }

  get count(): number {
    return this.#count;
  }

  readerOf(index: number): Reader {
    return this.#partOf(index).reader;
  }

  /** Which of its reader's rows it is. */
  rowOf(index: number): number {
    return rowIn(this.#partOf(index), index);
  }

  keyOf(index: number): EntityKey {
    const part = this.#partOf(index);
    return part.keys[rowIn(part, index)] as EntityKey;
  }

  /** There are few, and most often one. */
  #partOf(index: number): Part<Reader> {
    let at = 0;
    while (index >= (this.#parts[at] as Part<Reader>).end) at++;
    return this.#parts[at] as Part<Reader>;
  }
}

function rowIn({ rows, first }: Part<unknown>, index: number): number {
  return rows === undefined ? index - first : (rows[index - first] as number);
}

function rowsWithKey(keys: readonly (EntityKey | undefined)[]): readonly number[] {
  const rows: number[] = [];
  for (const [row, key] of keys.entries()) if (key !== undefined) rows.push(row);
  return rows;
}
