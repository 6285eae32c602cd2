import { alwaysTrue, type Predicate } from "../../expr/predicate.ts";
import type { SnapshotId } from "../../spec/ids.ts";
import type { Table } from "../../table.ts";
import { invalid, wholeNumber } from "../argument.ts";
import { type StoredResult, storeResult } from "../arrow-projection.ts";
import { requireColumn } from "../column-path.ts";
import type { FileLease } from "../file-cache/file-lease.ts";
import { predicateSql } from "../predicate-sql.ts";
import { quotedIdentifier } from "../quote.ts";
import { openFiles } from "../read/open-files.ts";
import { tableRelation } from "../read/table-relation.ts";
import type { Session } from "../session.ts";

export interface ReadRowsOptions {
  /** Top-level columns, in this order. Default: all. */
  readonly select?: readonly string[] | undefined;
  readonly filter?: Predicate | undefined;
  /** Read the table as it was then, with the columns it had then. Default: as it is now. */
  readonly snapshotId?: SnapshotId | undefined;
  /** A whole number; 0 gives the columns alone. */
  readonly limit?: number | undefined;
}

/**
 * Rows of a table as Arrow record batches, in no particular order: only files that may hold matching rows are opened.
 * @throws IcebergError `SNAPSHOT_NOT_FOUND`, `INVALID_ARGUMENT` for a column or value that does not fit
 */
export async function readRows(session: Session, table: Table, options: ReadRowsOptions = {}): Promise<StoredResult> {
  await using lease = session.leaseFiles();
  return await storeResult(session, await rowsSql(session, table, options, lease));
}

/**
 * The SELECT that reads a table's rows: to be joined or aggregated in DuckDB, as long as the lease lasts. Give one of
 * `session.leaseFiles()` where a session reads many remote files; the session's own lasts as long as the session.
 */
export async function rowsSql(
  session: Session,
  table: Table,
  { select, filter = alwaysTrue, snapshotId, limit }: ReadRowsOptions = {},
  lease: FileLease = session.files,
): Promise<string> {
  if (select?.length === 0) throw invalid("select names no column; name at least one, or leave it out for all of them");
  const cut = limit === undefined ? "" : ` LIMIT ${wholeNumber("limit", limit, 0)}`;
  const source = snapshotId === undefined ? table : await table.withSnapshot(snapshotId);
  const scan = source.scan({ filter, ...(snapshotId !== undefined && { snapshotId }) });
  const { tasks, schema } = await scan.plan();
  const fields = select?.map((name) => requireColumn(schema, name)) ?? schema.fields;
  const files = await openFiles(session, table, tasks, lease);
  const relation = tableRelation(
    files,
    schema.fields.map((field) => ({ field })),
  );
  const columns = fields.map(({ name }) => quotedIdentifier(name)).join(", ");
  return `SELECT ${columns} FROM ${relation} WHERE ${predicateSql(filter, schema)}${cut}`;
}
