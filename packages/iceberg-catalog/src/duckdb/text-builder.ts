import { DuckDBBlobVector, type DuckDBVector } from "@duckdb/node-api";
import { type Binary, type Data, Field, makeData, type Utf8 } from "apache-arrow";
import type { ColumnBuilder } from "./column-builder.ts";
import { NullBitmap, validityOf } from "./null-bitmap.ts";

/** A value in DuckDB's vector: its length, and the bytes themselves where they are few; else where they are. */
const [valueBytes, mostInline, inlineAt] = [16, 12, 4];

/** Gathers text or bytes. Values of few bytes are copied as they are, without a string for each. */
export class TextBuilder implements ColumnBuilder {
  readonly field: Field;
  readonly #validity = new NullBitmap();
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;
  #offsets = new Int32Array(2049);

  constructor(name: string, type: Utf8 | Binary) {
    this.field = new Field(name, type, true);
  }

  append(vector: DuckDBVector, count: number, offset: number): void {
    this.#reserveOffsets(offset + count + 1);
    const bytes = bytesOf(vector);
    const { dataView } = bytes as unknown as VectorParts;
    const valid = validityOf(vector);
    for (let i = 0; i < count; i++) {
      if (valid(i)) this.#add(bytes, dataView, i);
      this.#offsets[offset + i + 1] = this.#length;
    }
    this.#validity.append(vector, count, offset);
  }

  finish(length: number): Data {
    const data = makeData({
      type: this.field.type as Utf8,
      length,
      ...this.#validity.finish(length),
      valueOffsets: this.#offsets.subarray(0, length + 1),
      data: this.#bytes.subarray(0, this.#length),
    });
    this.#bytes = Buffer.allocUnsafe(this.#bytes.length);
    this.#offsets = new Int32Array(this.#offsets.length);
    this.#length = 0;
    return data;
  }

  #add(vector: DuckDBBlobVector, view: DataView, index: number): void {
    const at = index * valueBytes;
    const length = view.getUint32(at, true);
    this.#reserve(length);
    if (length > mostInline) this.#bytes.set(vector.getItemBytes(index) as Uint8Array, this.#length);
    else for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = view.getUint8(at + inlineAt + i);
    this.#length += length;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  #reserveOffsets(count: number): void {
    if (count <= this.#offsets.length) return;
    const grown = new Int32Array(Math.max(count, this.#offsets.length * 2));
    grown.set(this.#offsets);
    this.#offsets = grown;
  }
}

type VectorParts = { readonly [part in "dataView" | "validity" | "vector" | "itemOffset" | "itemCount"]: never } & {
  readonly dataView: DataView;
};

/** Text as its bytes: the two are alike in DuckDB, whose own way to text leaves out a byte order mark. */
function bytesOf(vector: DuckDBVector): DuckDBBlobVector {
  if (vector instanceof DuckDBBlobVector) return vector;
  const { dataView, validity, vector: raw, itemOffset, itemCount } = vector as unknown as VectorParts;
  return new DuckDBBlobVector(dataView, validity, raw, itemOffset, itemCount);
}
