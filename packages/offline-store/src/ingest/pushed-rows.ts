import {
  type ArrowInput,
  duckdbTypeOf,
  openRowSource,
  quotedIdentifier,
  type RowInput,
  type Session,
  withTables,
} from "@icecore/iceberg-catalog/duckdb";
import { pulledColumns } from "../pull/newest-rows.ts";
import { arrowBatches, noRows, type PulledRows } from "../pull/pulled-rows.ts";
import { appendChecked } from "./append-checked.ts";
import { checkedRows, type RowsDestination } from "./checked-rows.ts";
import type { IngestResult } from "./ingest-result.ts";

export interface PushRequest extends RowsDestination {
  readonly input: RowInput | ArrowInput;
}

/** Rows that were looked at, on their way into a store, into the history, or both: the same rows in each. */
export interface PushedRows {
  /** In the form in which stores take them. */
  readonly rows: PulledRows;
  /** Brings them into the view's history, as one commit; the same key does so once, and several if none was there. */
  readonly append: (keys: readonly string[]) => Promise<IngestResult>;
}

/**
 * Checks rows as a whole, and holds them in the session until they are disposed of.
 * @throws OfflineStoreError `DATA_INVALID` with every finding
 */
export async function openPushedRows(session: Session, request: PushRequest): Promise<PushedRows & AsyncDisposable> {
  const { view, table, input } = request;
  await using source = await openRowSource(session, input, "all");
  return await withTables(session, async (tables) => {
    const checked = await checkedRows(session, source, request);
    if (checked === undefined) return { rows: noRows(), append: async () => ({ outcome: "nothing-to-ingest" }) };
    const name = await tables.create("pushed", checked.select, source.label);
    const types = new Map(table.schema.fields.map((field) => [field.name, duckdbTypeOf(field.type)]));
    const columns = pulledColumns(view).map((column) => ({ name: column, type: types.get(column) as string }));
    const select = `SELECT ${columns.map((column) => quotedIdentifier(column.name)).join(", ")} FROM ${name}`;
    return {
      rows: { count: Number(checked.count), batches: arrowBatches(session, select, columns) },
      append: (keys) => appendChecked(session, table, { ...checked, select: `SELECT * FROM ${name}` }, { key: keys }),
    };
  });
}
