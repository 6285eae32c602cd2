import type { DuckDBListVector, DuckDBMapVector, DuckDBStructVector, DuckDBVector } from "@duckdb/node-api";
import { type Data, type DataType, Field, List, Map_, makeData, Struct } from "apache-arrow";
import type { ColumnBuilder } from "./column-builder.ts";
import { NullBitmap } from "./null-bitmap.ts";

/** Gathers lists: where each of them ends, and their elements one after the other. */
export function listBuilder(name: string, element: ColumnBuilder): ColumnBuilder {
  return new RunsBuilder(
    new Field(name, new List(element.field), true),
    element,
    (vector) => vector as DuckDBListVector,
  );
}

/** Gathers maps, which are lists of keys with values in DuckDB as in Arrow. */
export function mapBuilder(name: string, key: ColumnBuilder, value: ColumnBuilder): ColumnBuilder {
  const entries = new StructBuilder("entries", [key, value]);
  const fields = [new Field("key", key.field.type, false), value.field];
  const type = new Map_(new Field("entries", new Struct<MapEntry>(fields), false));
  return new RunsBuilder(new Field(name, type, true), entries, (vector) => listOf(vector as DuckDBMapVector));
}

type MapEntry = { key: DataType; value: DataType };

const listOf = (map: DuckDBMapVector): DuckDBListVector =>
  (map as unknown as { readonly listVector: DuckDBListVector }).listVector;

export class StructBuilder implements ColumnBuilder {
  readonly field: Field;
  readonly #members: readonly ColumnBuilder[];
  readonly #validity = new NullBitmap();

  constructor(name: string, members: readonly ColumnBuilder[]) {
    this.field = new Field(name, new Struct(members.map((member) => member.field)), true);
    this.#members = members;
  }

  append(vector: DuckDBVector, count: number, offset: number): void {
    const struct = vector as DuckDBStructVector;
    for (const [index, member] of this.#members.entries()) member.append(struct.entryVectorAt(index), count, offset);
    this.#validity.append(vector, count, offset);
  }

  finish(length: number): Data {
    const children = this.#members.map((member) => member.finish(length));
    return makeData({ type: this.field.type as Struct, length, ...this.#validity.finish(length), children });
  }
}

/** Gathers runs of values of a child. */
class RunsBuilder implements ColumnBuilder {
  readonly field: Field;
  readonly #child: ColumnBuilder;
  readonly #listOf: (vector: DuckDBVector) => DuckDBListVector;
  readonly #validity = new NullBitmap();
  #ends: number[] = [];
  #childLength = 0;

  constructor(field: Field, child: ColumnBuilder, toList: (vector: DuckDBVector) => DuckDBListVector) {
    this.field = field;
    this.#child = child;
    this.#listOf = toList;
  }

  append(vector: DuckDBVector, count: number, offset: number): void {
    const list = this.#listOf(vector);
    // Neighbours in DuckDB's vector are copied together.
    let run = { start: 0, length: 0 };
    for (let row = 0; row < count; row++) {
      const length = isValid(list, row) ? list.getEntryLength(row) : 0;
      this.#ends.push(this.#childLength + run.length + length);
      if (length === 0) continue;
      const start = list.getEntryOffset(row);
      if (start === run.start + run.length) {
        run.length += length;
      } else {
        this.#take(list, run);
        run = { start, length };
      }
    }
    this.#take(list, run);
    this.#validity.append(list, count, offset);
  }

  finish(length: number): Data {
    const valueOffsets = new Int32Array(length + 1);
    valueOffsets.set(this.#ends, 1);
    const child = this.#child.finish(this.#childLength);
    this.#ends = [];
    this.#childLength = 0;
    return makeData({
      type: this.field.type as List,
      length,
      ...this.#validity.finish(length),
      valueOffsets,
      child,
    });
  }

  #take(list: DuckDBListVector, { start, length }: { readonly start: number; readonly length: number }): void {
    if (length === 0) return;
    this.#child.append(list.childVector.slice(start, length), length, this.#childLength);
    this.#childLength += length;
  }
}

const isValid = (vector: DuckDBVector, row: number): boolean =>
  (vector as unknown as { readonly validity: { itemValid(index: number): boolean } }).validity.itemValid(row);
