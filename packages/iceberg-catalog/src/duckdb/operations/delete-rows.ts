import type { Predicate } from "../../expr/predicate.ts";
import type { Table } from "../../table.ts";
import type { Isolation } from "../../transaction/conflicts.ts";
import type { SnapshotOptions } from "../../transaction/snapshot-options.ts";
import { predicateSql } from "../predicate-sql.ts";
import { filePathColumn, positionColumn } from "../read/file-rows.ts";
import type { Session } from "../session.ts";
import { TemporaryTables } from "../temporary-tables.ts";
import { rowChangeModes, type WriteMode } from "./isolation.ts";
import { orDiscard } from "./or-discard.ts";
import { removeRows } from "./remove-rows.ts";
import { scanRows } from "./row-scan.ts";

export interface DeleteRowsOptions extends SnapshotOptions {
  /** Default: the table's `write.delete.mode`, else copy-on-write. */
  readonly mode?: WriteMode | undefined;
  /** Default: the table's `write.delete.isolation-level`, else serializable. */
  readonly isolation?: Isolation | undefined;
}

export interface DeletedRows {
  /** The table as it is now; no commit was made where no row matched. */
  readonly table: Table;
  readonly rows: bigint;
}

/**
 * Deletes the rows for which a predicate is true.
 * @throws IcebergError `VALIDATION_FAILED` when others changed such rows meanwhile, `INVALID_ARGUMENT` for a predicate that
 * does not fit the table
 */
export async function deleteRows(
  session: Session,
  table: Table,
  predicate: Predicate,
  { mode: wantedMode, isolation: wantedIsolation, ...snapshot }: DeleteRowsOptions = {},
): Promise<DeletedRows> {
  const { mode, isolation } = rowChangeModes(table.metadata, "delete", {
    mode: wantedMode,
    isolation: wantedIsolation,
  });
  const condition = predicateSql(predicate, table.schema);
  await using lease = session.leaseFiles();
  const scan = await scanRows(session, lease, table, predicate, snapshot.branch);
  await using tables = new TemporaryTables(session);
  const doomed = await tables.create(
    "doomed",
    `SELECT ${filePathColumn}, ${positionColumn} FROM ${scan.relation()} WHERE ${condition}`,
    "deleting rows",
  );
  const { rows, removed, added, addedDeletes, referenced } = await removeRows(
    session,
    table,
    scan,
    { name: doomed },
    mode,
  );
  if (rows === 0n) return { table, rows };
  const conflicts = { from: scan.from, filter: predicate, isolation, referenced };
  const committed = await orDiscard(table, [...added, ...addedDeletes], () =>
    table
      .newTransaction()
      .changeFiles({ ...snapshot, removed: { files: removed }, added, addedDeletes, conflicts })
      .commit(),
  );
  return { table: committed, rows };
}
