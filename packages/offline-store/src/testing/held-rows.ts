import type { FeatureView } from "@icecore/feature-registry";
import { Int64, type RecordBatch, Table, Utf8, vectorFromArray } from "apache-arrow";
import type { Pull } from "../pull/pull.ts";
import { pulledRowsOf } from "./pulled-rows-of.ts";

/** A pulled row: join keys, event timestamp, created timestamp, features; times in microseconds. */
export type HeldRow = readonly unknown[];

/** What an online store holds of a view, and does with what is pulled: the rules, word for word, in a map. */
export class HeldRows {
  readonly #rows = new Map<string, HeldRow>();
  readonly #view: FeatureView;
  #isFirst = true;

  constructor(view: FeatureView) {
    this.#view = view;
  }

  /** `isInterrupted`: only some of what is pulled gets there. */
  async apply(pull: Pull, isInterrupted = false): Promise<void> {
    const arriving = async (batches: AsyncIterable<RecordBatch>) =>
      (await pulledRowsOf(batches)).filter((_, row) => !isInterrupted || row % 2 === 0);
    const rows = await arriving(pull.rows.batches);
    if (pull.mode === "incremental") {
      for (const row of rows) this.put(row);
      const { corrections } = pull;
      if (corrections !== undefined) this.#correct(await arriving(corrections.batches), corrections.createdUpTo);
    } else if (this.#isFirst) {
      for (const row of rows) this.put(row);
    } else {
      this.#correct(rows, pull.committedAt);
      this.#correct(await arriving(pull.withoutRow(this.#entities())), pull.committedAt);
    }
    this.#isFirst = false;
  }

  /** The newest row of an entity stays. */
  put(row: HeldRow): void {
    const held = this.#rows.get(this.#keyOf(row));
    if (held === undefined || this.#rank(row) >= this.#rank(held)) this.#rows.set(this.#keyOf(row), row);
  }

  /** In the order of the keys. */
  sorted(): readonly HeldRow[] {
    return [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }

  #correct(rows: readonly HeldRow[], createdUpTo: bigint): void {
    for (const row of rows) {
      const held = this.#rows.get(this.#keyOf(row));
      const goes = held !== undefined && this.#created(held) <= createdUpTo;
      if (goes) this.#rows.delete(this.#keyOf(row));
      if (row[this.#view.joinKeys.length] !== null) this.put(row);
    }
  }

  #rank(row: HeldRow): bigint {
    return (row[this.#view.joinKeys.length] as bigint) * 10n ** 20n + this.#created(row);
  }

  #created(row: HeldRow): bigint {
    return (row[this.#view.joinKeys.length + 1] as bigint | null) ?? -1n;
  }

  #keyOf(row: HeldRow): string {
    return row.slice(0, this.#view.joinKeys.length).join("/");
  }

  async *#entities(): AsyncGenerator<RecordBatch> {
    const rows = this.sorted();
    if (rows.length === 0) return;
    const columns = this.#view.joinKeys.map(({ name, type }, index) => {
      const values = rows.map((row) => row[index]);
      return [name, vectorFromArray(values, type === "string" ? new Utf8() : new Int64())] as const;
    });
    yield* new Table(Object.fromEntries(columns)).batches;
  }
}
