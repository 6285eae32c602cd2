import type { DuckDBVector } from "@duckdb/node-api";
import { Bool, type Data, Field, makeData } from "apache-arrow";
import type { ColumnBuilder } from "./column-builder.ts";
import { NullBitmap, setBit } from "./null-bitmap.ts";

/** Gathers booleans, which are bytes in DuckDB, into Arrow's bits, lowest first. */
export class BooleanBuilder implements ColumnBuilder {
  readonly field: Field;
  readonly #validity = new NullBitmap();
  #bits = new Uint8Array(256);

  constructor(name: string) {
    this.field = new Field(name, new Bool(), true);
  }

  append(vector: DuckDBVector, count: number, offset: number): void {
    const bits = this.#reserve(offset + count);
    const { dataView } = vector as unknown as { readonly dataView: DataView };
    for (let i = 0; i < count; i++) if (dataView.getUint8(i) === 1) setBit(bits, offset + i);
    this.#validity.append(vector, count, offset);
  }

  finish(length: number): Data {
    const bytes = (length + 7) >> 3;
    const data = this.#bits.subarray(0, bytes);
    this.#bits = new Uint8Array(this.#bits.length);
    return makeData({ type: this.field.type as Bool, length, ...this.#validity.finish(length), data });
  }

  #reserve(length: number): Uint8Array {
    const bytes = (length + 7) >> 3;
    if (bytes > this.#bits.length) {
      const grown = new Uint8Array(Math.max(bytes, this.#bits.length * 2));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    return this.#bits;
  }
}
