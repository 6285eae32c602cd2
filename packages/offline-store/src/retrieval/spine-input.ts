import { identifierToString, type SnapshotId, type Table } from "@icecore/iceberg-catalog";
import type { ArrowInput, RowInput, Session } from "@icecore/iceberg-catalog/duckdb";
import { openRowSource, type RowSource, rowsSql, subquery } from "@icecore/iceberg-catalog/duckdb";

/** Rows that ask for features: files, a query, Arrow, or a table of the catalog. */
export type SpineInput = RowInput | ArrowInput | TableInput;

/** All rows of an Iceberg table. */
export interface TableInput {
  readonly table: Table;
  /** As it was then; left out: as it is now. */
  readonly snapshotId?: SnapshotId | undefined;
}

/** Opens the rows of a spine. @throws IcebergError `FILE_NOT_FOUND`, `FILE_INVALID`, `QUERY_INVALID`, `SNAPSHOT_NOT_FOUND` */
export async function openSpine(session: Session, input: SpineInput, text: ReadonlySet<string>): Promise<RowSource> {
  if (!("table" in input)) return openRowSource(session, input, text);
  const { table, snapshotId } = input;
  const relation = subquery(await rowsSql(session, table, { snapshotId }));
  const label = identifierToString(table.identifier);
  const columns = await session.describe(`SELECT * FROM ${relation}`, label);
  return { label, relation, columns, [Symbol.asyncDispose]: async () => {} };
}
