import {
  alwaysTrue,
  isPrimitive,
  type Predicate,
  type ScanReport,
  type Schema,
  type SnapshotId,
} from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { openFiles, pathsOf, quotedIdentifier, scanTable, tableRelation } from "@icecore/iceberg-catalog/duckdb";
import { type At, schemaAt } from "../source/pin.ts";
import { namedColumns } from "./named-columns.ts";
import { type PinnedTable, pinTables, type QueryTable } from "./pin-tables.ts";
import type { KnownColumn } from "./pushdown/column-meaning.ts";
import { predicateText } from "./pushdown/predicate-text.ts";
import { pushedPredicates } from "./pushdown/pushed-predicates.ts";
import { parseSelect, type SqlNode, type TableReference, tablesOf } from "./sql-tree.ts";

/** Finds a table by the name a query gives it; an empty namespace is the project's. */
export type FindTable = (namespace: string, name: string) => Promise<QueryTable | undefined>;

/** A table that was attached, the snapshot it is read at, and what of it. */
export interface AttachedTable {
  readonly name: string;
  readonly snapshotId: SnapshotId | undefined;
  /** What its files were chosen by, for people; undefined where all are read. */
  readonly pushed: string | undefined;
  /** Its columns that the query may mean; files' other columns are not read. */
  readonly columns: readonly string[];
  /** How many columns it has. */
  readonly allColumns: number;
  readonly report: ScanReport;
  /** The files that DuckDB reads, deletes among them. */
  readonly paths: readonly string[];
}

/**
 * Makes the catalog's tables that a SELECT names available in a session, all of them at the same state, and of each the
 * files that can matter to it. Names that are no tables are left for DuckDB to resolve or refuse.
 * @throws OfflineStoreError `QUERY_INVALID`, `QUERY_REFUSED`
 */
export async function attachTables(
  session: Session,
  sql: string,
  at: At,
  findTable: FindTable,
): Promise<readonly AttachedTable[]> {
  return attachTablesOf(session, await parseSelect(session, sql), at, findTable);
}

/** As {@link attachTables}, of a SELECT that is parsed. */
export async function attachTablesOf(
  session: Session,
  statement: SqlNode,
  at: At,
  findTable: FindTable,
): Promise<readonly AttachedTable[]> {
  const found = await Promise.all(
    tablesOf(statement).map(async (reference) => {
      const table = await findTable(reference.namespace, reference.name);
      return table === undefined ? [] : [{ reference, table }];
    }),
  );
  const references = found.flat();
  const pinned = await pinTables(
    references.map(({ table }) => table),
    at,
  );
  const reads = references.flatMap(({ reference }, index) => {
    const table = pinned[index];
    return table === undefined ? [] : [{ reference, table, schema: schemaAt(table.table, table.snapshotId) }];
  });
  const predicates = await pushedPredicates(
    session,
    statement,
    reads.map(({ reference, table, schema }) => ({ reference, columns: knownColumns(schema, table) })),
  );
  const named = namedColumns(statement);
  const attached: AttachedTable[] = [];
  for (const [index, read] of reads.entries()) {
    attached.push(await attach(session, read, predicates[index] ?? alwaysTrue, named));
  }
  return attached;
}

/** Of columns that a definition gives a default, files say nothing. */
function knownColumns({ fields }: Schema, { defaults }: PinnedTable): readonly KnownColumn[] {
  return fields.map(({ name, type }) => ({ name, type: isPrimitive(type) && !defaults.has(name) ? type : undefined }));
}

interface ReadTable {
  readonly reference: TableReference;
  readonly table: PinnedTable;
  readonly schema: Schema;
}

async function attach(
  session: Session,
  read: ReadTable,
  filter: Predicate,
  named: ReadonlySet<string> | undefined,
): Promise<AttachedTable> {
  const { reference, table: pinned, schema } = read;
  const { namespace, name } = reference;
  const { tasks, report } = await planScan(pinned, filter);
  const files = await openFiles(session, pinned.table, tasks);
  const columns = schema.fields.map((field) => ({ field, default: pinned.defaults.get(field.name) }));
  if (namespace !== "") await session.run(`CREATE SCHEMA IF NOT EXISTS ${quotedIdentifier(namespace)}`);
  const qualified =
    namespace === "" ? quotedIdentifier(name) : `${quotedIdentifier(namespace)}.${quotedIdentifier(name)}`;
  await session.run(`CREATE OR REPLACE VIEW ${qualified} AS SELECT * FROM ${tableRelation(files, columns)}`);
  return {
    name: namespace === "" ? name : `${namespace}.${name}`,
    snapshotId: pinned.snapshotId,
    pushed: filter.op === "true" ? undefined : predicateText(filter, schema),
    columns: schema.fields
      .map(({ name: column }) => column)
      .filter((column) => named?.has(column.toLowerCase()) ?? true),
    allColumns: schema.fields.length,
    report,
    paths: files.flatMap(pathsOf),
  };
}

/** The newest state has the columns of now, which a filter names, too. */
async function planScan({ table, snapshotId }: PinnedTable, filter: Predicate) {
  const isNewest = snapshotId === table.currentSnapshot()?.snapshotId;
  if (snapshotId === undefined) return scanTable(table, undefined);
  return isNewest ? table.scan({ filter }).plan() : scanTable(table, snapshotId, filter);
}
