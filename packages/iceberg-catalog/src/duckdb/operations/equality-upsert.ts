import type { DataFile } from "../../spec/manifest.ts";
import type { Table } from "../../table.ts";
import type { SnapshotOptions } from "../../transaction/snapshot-options.ts";
import { quotedIdentifier } from "../quote.ts";
import type { RowInput } from "../row-source.ts";
import type { Session } from "../session.ts";
import { TemporaryTables } from "../temporary-tables.ts";
import { writeDataFiles } from "../write/write-data-files.ts";
import { writeEqualityDeletes } from "../write/write-equality-deletes.ts";
import { matchColumns } from "./match-columns.ts";
import { keysOf, refuseBadKeys } from "./merge-keys.ts";
import { openRows } from "./open-rows.ts";
import { orDiscard } from "./or-discard.ts";

export interface EqualityOptions extends SnapshotOptions {
  /** The columns that tell rows apart. Default: the table's identifier fields. */
  readonly on?: readonly string[] | undefined;
}

/**
 * Upserts rows by key without reading the table: what is there under the keys is deleted by value, which readers have to
 * undo until the table is compacted. For frequent small changes of large tables; it cannot say what it changed.
 *
 * @throws IcebergError `ROWS_INVALID` where a key is null or given twice, `UNSUPPORTED` where the key does not tell the
 * partition
 */
export function equalityUpsert(
  session: Session,
  table: Table,
  input: RowInput,
  options: EqualityOptions = {},
): Promise<Table> {
  return change(session, table, input, options, true);
}

/**
 * Deletes rows by key without reading the table. The input has the key columns and
 * no others.
 *
 * @throws IcebergError as {@link equalityUpsert}
 */
export function equalityDelete(
  session: Session,
  table: Table,
  input: RowInput,
  options: EqualityOptions = {},
): Promise<Table> {
  return change(session, table, input, options, false);
}

async function change(
  session: Session,
  table: Table,
  input: RowInput,
  { on, ...snapshot }: EqualityOptions,
  inserts: boolean,
): Promise<Table> {
  const keys = keysOf(table, on);
  await using source = await openRows(session, input);
  await using tables = new TemporaryTables(session);
  const schema = inserts ? table.schema : { ...table.schema, fields: keys };
  const given = await tables.create("given", matchColumns(source, schema), source.label);
  await refuseBadKeys(session, given, keys, source.label);
  const columns = keys.map(({ name }) => quotedIdentifier(name)).join(", ");
  const addedDeletes = await writeEqualityDeletes(session, table, `SELECT ${columns} FROM ${given}`, keys);
  if (addedDeletes.length === 0) return table;
  const none: readonly DataFile[] = [];
  const added = await orDiscard(table, addedDeletes, async () =>
    inserts ? writeDataFiles(session, table, `SELECT * FROM ${given}`) : none,
  );
  return orDiscard(table, [...added, ...addedDeletes], () =>
    table
      .newTransaction()
      .changeFiles({ ...snapshot, added, addedDeletes })
      .commit(),
  );
}
