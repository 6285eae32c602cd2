import type { Predicate } from "../../expr/predicate.ts";
import { branchHead } from "../../spec/branch.ts";
import { mainBranch } from "../../spec/snapshot.ts";
import type { Table } from "../../table.ts";
import type { Isolation } from "../../transaction/conflicts.ts";
import type { SnapshotOptions } from "../../transaction/snapshot-options.ts";
import { predicateSql } from "../predicate-sql.ts";
import { filePathColumn, positionColumn } from "../read/file-rows.ts";
import type { RowInput } from "../row-source.ts";
import type { Session } from "../session.ts";
import { TemporaryTables } from "../temporary-tables.ts";
import { writeDataFiles } from "../write/write-data-files.ts";
import { rowChangeModes } from "./isolation.ts";
import { matchColumns } from "./match-columns.ts";
import { openRows } from "./open-rows.ts";
import { orDiscard } from "./or-discard.ts";
import { removeRows } from "./remove-rows.ts";
import { scanRows } from "./row-scan.ts";

export interface OverwriteRowsOptions extends SnapshotOptions {
  /** Default: the table's `write.update.isolation-level`, else serializable. */
  readonly isolation?: Isolation | undefined;
}

export interface OverwrittenRows {
  readonly table: Table;
  readonly deleted: bigint;
  readonly added: bigint;
}

/**
 * Puts rows in the place of those that match a predicate, as one commit.
 * @throws IcebergError `VALIDATION_FAILED` when others changed such rows meanwhile, `ROWS_INVALID`, `INVALID_ARGUMENT`
 */
export async function overwriteRows(
  session: Session,
  table: Table,
  where: Predicate,
  input: RowInput,
  { isolation: wanted, ...snapshot }: OverwriteRowsOptions = {},
): Promise<OverwrittenRows> {
  const { isolation } = rowChangeModes(table.metadata, "update", { isolation: wanted });
  await using source = await openRows(session, input);
  const select = matchColumns(source, table.schema);
  await using lease = session.leaseFiles();
  const scan = await scanRows(session, lease, table, where, snapshot.branch);
  await using tables = new TemporaryTables(session);
  const doomed = await tables.create(
    "doomed",
    `SELECT ${filePathColumn}, ${positionColumn} FROM ${scan.relation()} WHERE ${predicateSql(where, table.schema)}`,
    "overwriting rows",
  );
  const change = await removeRows(session, table, scan, { name: doomed }, "copy-on-write", { extra: select });
  const { rows, removed, added, addedRows } = change;
  if (rows === 0n && addedRows === 0n) return { table, deleted: rows, added: addedRows };
  const conflicts = { from: scan.from, filter: where, isolation };
  const committed = await orDiscard(table, added, () =>
    table
      .newTransaction()
      .changeFiles({ ...snapshot, removed: { files: removed }, added, conflicts })
      .commit(),
  );
  return { table: committed, deleted: rows, added: addedRows };
}

/**
 * Puts rows in the place of all that is in the partitions they fall into (dynamic partition overwrite), as one commit.
 * @throws IcebergError `VALIDATION_FAILED` when others changed these partitions meanwhile, `ROWS_INVALID`, `STORAGE_FULL`
 */
export async function overwritePartitions(
  session: Session,
  table: Table,
  input: RowInput,
  { isolation: wanted, ...snapshot }: OverwriteRowsOptions = {},
): Promise<Table> {
  const { isolation } = rowChangeModes(table.metadata, "update", { isolation: wanted });
  await using source = await openRows(session, input);
  const added = await writeDataFiles(session, table, matchColumns(source, table.schema), { doing: source.label });
  if (added.length === 0) return table;
  const from = branchHead(table.metadata, snapshot.branch ?? mainBranch)?.snapshotId;
  const conflicts = { from, partitionsOf: added, isolation };
  return orDiscard(table, added, () =>
    table
      .newTransaction()
      .changeFiles({ ...snapshot, added, removed: { partitionsOf: added }, conflicts })
      .commit(),
  );
}
