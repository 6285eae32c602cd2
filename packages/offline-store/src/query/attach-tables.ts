import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { openFiles, pathsOf, quotedIdentifier, scanTable, tableRelation } from "@icecore/iceberg-catalog/duckdb";
import { type At, pinSnapshot, schemaAt } from "../source/pin.ts";
import { parseSelect } from "./select-statement.ts";

/** A table that queries may name, and the defaults of columns that its older files lack. */
export interface QueryTable {
  readonly table: Table;
  readonly defaults: ReadonlyMap<string, string>;
}

/** Finds a table by the name a query gives it; an empty namespace is the project's. */
export type FindTable = (namespace: string, name: string) => Promise<QueryTable | undefined>;

/** A table that was attached, the snapshot it is read at, and its files. */
export interface AttachedTable {
  readonly name: string;
  readonly snapshotId: SnapshotId | undefined;
  readonly paths: readonly string[];
}

/**
 * Makes the catalog's tables that a SELECT names available in a session, all of them at the same state. Names that are
 * no tables are left for DuckDB to resolve or refuse.
 */
export async function attachTables(
  session: Session,
  sql: string,
  at: At,
  findTable: FindTable,
): Promise<readonly AttachedTable[]> {
  const attached: AttachedTable[] = [];
  for (const { namespace, name } of await parseSelect(session, sql)) {
    const found = await findTable(namespace, name);
    if (found !== undefined) attached.push(await attach(session, { namespace, name }, found, at));
  }
  return attached;
}

async function attach(
  session: Session,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { table, defaults }: QueryTable,
  at: At,
): Promise<AttachedTable> {
  const snapshotId = pinSnapshot(table, at);
  const { tasks } = await scanTable(table, snapshotId);
  const files = await openFiles(session, table, tasks);
  const columns = schemaAt(table, snapshotId).fields.map((field) => ({ field, default: defaults.get(field.name) }));
  if (namespace !== "") await session.run(`CREATE SCHEMA IF NOT EXISTS ${quotedIdentifier(namespace)}`);
  const qualified =
    namespace === "" ? quotedIdentifier(name) : `${quotedIdentifier(namespace)}.${quotedIdentifier(name)}`;
  await session.run(`CREATE OR REPLACE VIEW ${qualified} AS SELECT * FROM ${tableRelation(files, columns)}`);
  return { name: namespace === "" ? name : `${namespace}.${name}`, snapshotId, paths: files.flatMap(pathsOf) };
}
