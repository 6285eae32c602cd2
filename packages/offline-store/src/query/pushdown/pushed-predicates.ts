import { alwaysTrue, and, or, type Predicate } from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { nodesOf, referenceOf, type SqlNode, type TableReference, text } from "../sql-tree.ts";
import { type ColumnsOf, type KnownColumn, meantColumn } from "./column-meaning.ts";
import { type ConstantValue, withConstants } from "./constants.ts";
import { impliedPredicate } from "./implied-predicate.ts";
import { cteNames, type TableCondition, tableConditions } from "./table-conditions.ts";

/** A table that a statement reads, as far as pushing down goes. */
export interface ReadTable {
  readonly reference: TableReference;
  readonly columns: readonly KnownColumn[];
}

/**
 * For each table what every row of it must satisfy to have any part in a statement's result, wherever it reads the table:
 * planning by it never changes the result. `true` where nothing is known.
 */
export function pushedPredicates(
  session: Session,
  statement: SqlNode,
  tables: readonly ReadTable[],
): Promise<readonly Predicate[]> {
  const conditions = tableConditions(statement);
  const ctes = cteNames(statement);
  const uses = [...nodesOf(statement)].filter((node) => node["type"] === "BASE_TABLE");
  const columnsOf: ColumnsOf = (node) => {
    const { namespace, name } = referenceOf(node);
    if (namespace === "" && ctes.has(name.toLowerCase())) return undefined;
    return tables.find(({ reference }) => reference.namespace === namespace && reference.name === name)?.columns;
  };
  return withConstants(session, (constantValue) =>
    tables.map(({ reference }) => {
      const reads = uses.filter((node) => text(node, "table_name").toLowerCase() === reference.name.toLowerCase());
      if (conditions === undefined || !reads.every((node) => isSame(referenceOf(node), reference))) return alwaysTrue;
      return anyRead(reads.map((node) => readPredicate(node, conditions.get(node) ?? [], columnsOf, constantValue)));
    }),
  );
}

/** Another spelling of the name may be the same table to DuckDB. */
function isSame(one: TableReference, other: TableReference): boolean {
  return one.namespace === other.namespace && one.name === other.name;
}

function anyRead(predicates: readonly Predicate[]): Predicate {
  if (predicates.some(({ op }) => op === "true")) return alwaysTrue;
  const distinct = new Map(predicates.map((predicate) => [describe(predicate), predicate]));
  return or(...distinct.values());
}

/** Bigints have no JSON. */
const describe = (predicate: Predicate): string =>
  JSON.stringify(predicate, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));

function readPredicate(
  node: SqlNode,
  conditions: readonly TableCondition[],
  columnsOf: ColumnsOf,
  constantValue: ConstantValue,
): Predicate {
  if (columnsOf(node) === undefined) return alwaysTrue;
  const implied = conditions.map(({ expression, scope }) =>
    impliedPredicate(expression, {
      constantValue,
      columnOf: (reference) => meantColumn(reference, node, scope, columnsOf),
    }),
  );
  return and(...implied.filter(({ op }) => op !== "true"));
}
