import type { Feature } from "@icecore/feature-registry";
import type { ReadRequest, ReadResult } from "../../online-store/online-store.ts";
import type { FeatureCell } from "../feature-cell.ts";
import type { TimestampMicros } from "../timestamp.ts";
import { type CellReader, cellReader, checkVersion, rowCreatedTimestamp } from "./row-reader.ts";
import { eventAt, isOfSchema, type RowSchema, rowSchema, schemaIdOf } from "./row-schema.ts";

/** The features of entities in columns, gathered from packed rows of whatever schemas. */
export class RowDecoder implements ReadResult {
  readonly eventTimestamps: (TimestampMicros | undefined)[];
  readonly createdTimestamps: (TimestampMicros | undefined)[] = [];
  readonly columns: (FeatureCell | null | undefined)[][];
  readonly #features: readonly Feature[];
  readonly #withCreated: boolean;
  readonly #schemas: ReadonlyMap<string, RowSchema>;
  #bytes: Buffer | undefined;
  #view: DataView | undefined;
  #readers: { readonly schema: RowSchema; readonly cells: readonly CellReader[] };

  /** `schemas`: those that are known besides the view's own, by id; it may grow. */
  constructor({ view, features, keys, created }: ReadRequest, schemas: ReadonlyMap<string, RowSchema>) {
    this.eventTimestamps = new Array(keys.length).fill(undefined);
    this.columns = features.map(() => new Array(keys.length).fill(undefined));
    this.#withCreated = created === true;
    this.#features = features;
    this.#schemas = schemas;
    const schema = rowSchema(view.features);
    this.#readers = { schema, cells: features.map((feature) => cellReader(schema, feature)) };
  }

  /**
   * Decodes the row that begins at `start` into the columns' `index`. Gives the id of its schema when that is not known.
   * @throws OnlineStoreError `STORE_INVALID` when a later version wrote it
   */
  decode(row: Buffer, start: number, index: number): string | undefined {
    checkVersion(row, start);
    const cells = this.#cellsOf(row, start);
    if (typeof cells === "string") return cells;
    const view = this.#viewOf(row);
    this.eventTimestamps[index] = view.getBigInt64(start + eventAt, true);
    if (this.#withCreated) this.createdTimestamps[index] = rowCreatedTimestamp(row, start);
    for (let i = 0; i < cells.length; i++) {
      (this.columns[i] as (FeatureCell | null | undefined)[])[index] = (cells[i] as CellReader)(row, start, view);
    }
    return undefined;
  }

  /** Many rows come in the same bytes. */
  #viewOf(row: Buffer): DataView {
    if (this.#bytes !== row || this.#view === undefined) {
      this.#bytes = row;
      this.#view = new DataView(row.buffer, row.byteOffset);
    }
    return this.#view;
  }

  /** Rows of one schema come together more often than not. */
  #cellsOf(row: Buffer, start: number): readonly CellReader[] | string {
    if (isOfSchema(this.#readers.schema, row, start)) return this.#readers.cells;
    const id = schemaIdOf(row, start);
    const schema = this.#schemas.get(id);
    if (schema === undefined) return id;
    this.#readers = { schema, cells: this.#features.map((feature) => cellReader(schema, feature)) };
    return this.#readers.cells;
  }
}
