import type { FeatureView } from "@icecore/feature-registry";
import type { Table } from "@icecore/iceberg-catalog";
import { quotedIdentifier, type RowSource, type Session } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import { checkRows } from "./check-rows.ts";
import { type IngestColumn, matchColumns } from "./match-columns.ts";

/** What rows are for, and what fills their gaps. */
export interface RowsDestination {
  readonly view: FeatureView;
  readonly table: Table;
  /** Microseconds since 1970-01-01T00:00:00Z: what `created` becomes where the input has none. */
  readonly nowMicros: bigint;
  /** Whether the online store is to hold them, too. */
  readonly isForOnline?: boolean;
}

export interface CheckedRows {
  /** Gives the table's columns. */
  readonly select: string;
  /** How many there are. */
  readonly count: bigint;
  /** Whether the rows say when they were created. */
  readonly hasCreated: boolean;
}

/**
 * The rows after a look at every one of them; undefined where there is none.
 * @throws OfflineStoreError `DATA_INVALID` with every finding
 */
export async function checkedRows(
  session: Session,
  source: RowSource,
  { view, table, nowMicros, isForOnline }: RowsDestination,
): Promise<CheckedRows | undefined> {
  const { columns, findings } = matchColumns(source, view, table.schema, nowMicros);
  if (findings.length > 0) throw new OfflineStoreError("DATA_INVALID", `${source.label}: ${findings.join("\n")}`);
  const count = await checkRows(session, source, columns, isForOnline);
  if (count === 0n) return undefined;
  return {
    count,
    select: `SELECT ${columns.map(selected).join(", ")} FROM ${source.relation}`,
    hasCreated: source.columns.some(({ name }) => name === view.createdTimestampColumn),
  };
}

function selected({ sql, field }: IngestColumn): string {
  return `${sql} AS ${quotedIdentifier(field.name)}`;
}
