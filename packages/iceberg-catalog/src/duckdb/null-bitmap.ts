import type { DuckDBVector } from "@duckdb/node-api";

/** Gathers DuckDB's validity masks into Arrow's null bitmap; both have a set bit for a value, lowest bit first. */
export class NullBitmap {
  /** Undefined while there is no null: most columns never need one. */
  #bits: Uint8Array | undefined;
  #nulls = 0;

  append(vector: DuckDBVector, count: number, offset: number): void {
    const { mask, start } = validityMask(vector);
    if (mask === undefined) {
      if (this.#bits !== undefined) this.#setAll(count, offset);
      return;
    }
    if (this.#bits === undefined) {
      this.#bits = new Uint8Array(0);
      this.#setAll(offset, 0);
    }
    const bits = this.#reserve(offset + count);
    for (let i = 0; i < count; i++) {
      const bit = start + i;
      if (((mask[bit >> 3] ?? 0) >> (bit & 7)) & 1) setBit(bits, offset + i);
      else this.#nulls++;
    }
  }

  /** The bitmap of `length` values, null when none of them is; starts again. */
  finish(length: number): { readonly nullCount: number; readonly nullBitmap: Uint8Array | null } {
    const nullBitmap = this.#bits === undefined ? null : this.#reserve(length).subarray(0, (length + 7) >> 3);
    const nullCount = this.#nulls;
    this.#bits = undefined;
    this.#nulls = 0;
    return { nullCount, nullBitmap };
  }

  #setAll(count: number, offset: number): void {
    const bits = this.#reserve(offset + count);
    for (let i = offset; i < offset + count; i++) setBit(bits, i);
  }

  #reserve(length: number): Uint8Array {
    const bytes = (length + 7) >> 3;
    const current = this.#bits ?? new Uint8Array(0);
    if (bytes <= current.length) return current;
    const grown = new Uint8Array(Math.max(bytes, current.length * 2));
    grown.set(current);
    this.#bits = grown;
    return grown;
  }
}

/** Sets a bit, of which the lowest of the first byte is the first. */
export function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
}

/** Whether a value of a vector is one, and no null. */
export function validityOf(vector: DuckDBVector): (index: number) => boolean {
  const { mask, start } = validityMask(vector);
  if (mask === undefined) return () => true;
  return (index) => (((mask[(start + index) >> 3] ?? 0) >> ((start + index) & 7)) & 1) === 1;
}

/** DuckDB's own mask of a vector, and the bit at which it begins: no mask when every value is valid. */
function validityMask(vector: DuckDBVector): { readonly mask: Uint8Array | undefined; readonly start: number } {
  const { data, offset } = (vector as unknown as { readonly validity: DuckDBValidity }).validity;
  const mask = data === null ? undefined : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { mask, start: offset };
}

interface DuckDBValidity {
  readonly data: BigUint64Array | null;
  /** Vectors that are a part of another share its mask. */
  readonly offset: number;
}
