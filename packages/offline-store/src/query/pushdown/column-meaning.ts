import type { PrimitiveType } from "@icecore/iceberg-catalog";
import { type SqlNode, text, texts } from "../sql-tree.ts";
import type { ConditionColumn } from "./implied-predicate.ts";
import type { FromItem } from "./table-conditions.ts";

/** A column of a table. `type` is undefined where conditions on it tell nothing of its files. */
export interface KnownColumn {
  readonly name: string;
  readonly type: PrimitiveType | undefined;
}

/** All columns of the table that a `BASE_TABLE` names; undefined where it is none of the catalog's. */
export type ColumnsOf = (baseTable: SqlNode) => readonly KnownColumn[] | undefined;

/**
 * The column of `table` that a reference names; undefined where the name is another table's, or could be. Names are told
 * apart as DuckDB does, without regard to capitals.
 */
export function meantColumn(
  reference: SqlNode,
  table: SqlNode,
  scope: readonly FromItem[],
  columnsOf: ColumnsOf,
): ConditionColumn | undefined {
  const names = texts(reference, "column_names").map((name) => name.toLowerCase());
  const name = names.at(-1);
  const owner = name === undefined ? undefined : ownerOf(names.slice(0, -1), name, scope, columnsOf);
  if (owner !== table) return undefined;
  const named = (columnsOf(table) ?? []).filter((column) => column.name.toLowerCase() === name);
  const [column] = named;
  return named.length === 1 && column?.type !== undefined ? { name: column.name, type: column.type } : undefined;
}

function ownerOf(
  qualifiers: readonly string[],
  name: string,
  scope: readonly FromItem[],
  columnsOf: ColumnsOf,
): SqlNode | undefined {
  const candidates = scope.filter((item) => matches(item, qualifiers));
  // What has unknown columns may have this one.
  if (candidates.some(({ table }) => table === undefined || columnsOf(table) === undefined)) return undefined;
  const owners = candidates.filter(({ table }) => table && columnsOf(table)?.some((column) => isCalled(column, name)));
  return owners.length === 1 ? owners[0]?.table : undefined;
}

const isCalled = (column: KnownColumn, name: string): boolean => column.name.toLowerCase() === name;

function matches({ table, alias }: FromItem, qualifiers: readonly string[]): boolean {
  const [first, second] = qualifiers;
  if (first === undefined) return true;
  if (second === undefined) return alias.toLowerCase() === first;
  if (qualifiers.length > 2 || table === undefined || text(table, "alias") !== "") return false;
  return text(table, "schema_name").toLowerCase() === first && alias.toLowerCase() === second;
}
