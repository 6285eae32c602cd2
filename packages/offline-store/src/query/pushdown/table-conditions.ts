import { child, childrenOf, nodesOf, type SqlNode, text, texts } from "../sql-tree.ts";
import { isPureTableFunction } from "../table-functions.ts";

/** An item after FROM, as far as names are resolved against it. */
export interface FromItem {
  /** The `BASE_TABLE` node; undefined for a subquery and whatever else is no table. */
  readonly table: SqlNode | undefined;
  /** The name that qualifies its columns. */
  readonly alias: string;
}

/** A condition that every row of a table has to meet to have any part in the result, and where its names are looked up. */
export interface TableCondition {
  readonly expression: SqlNode;
  readonly scope: readonly FromItem[];
}

/**
 * The conditions of each place where a statement reads a table, for those places of which something is known: WHERE, and
 * ON where a row that fails it is in no result. What an outer join may fill with nulls is left alone, and so is whatever is
 * sampled. Undefined where a table may be read that the tree does not name.
 */
export function tableConditions(statement: SqlNode): ReadonlyMap<SqlNode, readonly TableCondition[]> | undefined {
  const conditions = new Map<SqlNode, TableCondition[]>();
  for (const node of nodesOf(statement)) {
    if (node["type"] === "SHOW_REF") return undefined;
    if (node["type"] === "TABLE_FUNCTION" && !isPureTableFunction(node)) return undefined;
    if (node["type"] === "SELECT_NODE") addSelect(node, conditions);
  }
  return conditions;
}

function addSelect(select: SqlNode, conditions: Map<SqlNode, TableCondition[]>): void {
  const from = child(select, "from_table");
  if (from === undefined || child(select, "sample") !== undefined) return;
  const scope = fromItems(from);
  const add = (table: SqlNode, expressions: readonly SqlNode[]) => {
    const known = conditions.get(table) ?? [];
    conditions.set(table, [...known, ...expressions.map((expression) => ({ expression, scope }))]);
  };
  const where = child(select, "where_clause");
  addFrom(from, where === undefined ? [] : [where], add);
}

/** Hands `expressions`, which rows of the result must meet, down to the tables whose rows they are about. */
function addFrom(
  from: SqlNode,
  expressions: readonly SqlNode[],
  add: (table: SqlNode, expressions: readonly SqlNode[]) => void,
): void {
  if (isPlainTable(from)) add(from, expressions);
  if (from["type"] !== "JOIN") return;
  const [left, right] = [child(from, "left"), child(from, "right")];
  const own = child(from, "condition");
  const sides = joinSides(from, expressions, own === undefined ? [] : [own]);
  if (left !== undefined) addFrom(left, sides.left, add);
  if (right !== undefined) addFrom(right, sides.right, add);
}

interface JoinSides {
  readonly left: readonly SqlNode[];
  readonly right: readonly SqlNode[];
}

const unknown: JoinSides = { left: [], right: [] };

/** Which conditions a row of each side has to meet: of those of the result (`above`) and the join's own (`on`). */
function joinSides(join: SqlNode, above: readonly SqlNode[], on: readonly SqlNode[]): JoinSides {
  const refType = text(join, "ref_type");
  // The nearest row of the right side is chosen before anything is asked of it.
  if (refType === "ASOF") return text(join, "join_type") === "RIGHT" ? unknown : { left: above, right: [] };
  if (!["REGULAR", "CROSS", "NATURAL"].includes(refType)) return unknown;
  switch (text(join, "join_type")) {
    case "INNER":
      return { left: [...above, ...on], right: [...above, ...on] };
    case "LEFT":
      return { left: above, right: on };
    case "RIGHT":
      return { left: on, right: above };
    case "SEMI":
      return { left: [...above, ...on], right: on };
    case "ANTI":
      return { left: above, right: on };
    default:
      return unknown;
  }
}

function fromItems(from: SqlNode): readonly FromItem[] {
  if (from["type"] === "JOIN") {
    const [left, right] = [child(from, "left"), child(from, "right")];
    return [...(left === undefined ? [] : fromItems(left)), ...(right === undefined ? [] : fromItems(right))];
  }
  const alias = text(from, "alias");
  return [{ table: isPlainTable(from) ? from : undefined, alias: alias === "" ? text(from, "table_name") : alias }];
}

/** A table under its own column names, all rows of it. */
function isPlainTable(from: SqlNode): boolean {
  const isRenamed = texts(from, "column_name_alias").length > 0;
  const isPartial = child(from, "sample") !== undefined || child(from, "at_clause") !== undefined;
  return from["type"] === "BASE_TABLE" && text(from, "catalog_name") === "" && !isRenamed && !isPartial;
}

/** The names of a statement's CTEs, which stand where tables do. */
export function cteNames(statement: SqlNode): ReadonlySet<string> {
  const names = [...nodesOf(statement)].flatMap((node) => {
    const map = child(node, "cte_map");
    return map === undefined ? [] : childrenOf(map, "map").map((entry) => text(entry, "key").toLowerCase());
  });
  return new Set(names);
}
