import { nodesOf, type SqlNode, text, texts } from "./sql-tree.ts";

/**
 * The names by which a statement can mean a column, in lower case; undefined where it may take all there are: by `*`, a
 * natural join, or a whole row. A name may well be of another table: there are never too few.
 */
export function namedColumns(statement: SqlNode): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  const tables = new Set<string>();
  for (const node of nodesOf(statement)) {
    if (node["class"] === "STAR" || node["ref_type"] === "NATURAL") return undefined;
    for (const name of [...texts(node, "column_names"), ...texts(node, "using_columns")]) names.add(name.toLowerCase());
    if (node["type"] === "BASE_TABLE") for (const name of tableNames(node)) tables.add(name.toLowerCase());
  }
  const isWholeRow = wholeRows(statement).some((name) => tables.has(name));
  return isWholeRow ? undefined : names;
}

const tableNames = (baseTable: SqlNode): readonly string[] => [text(baseTable, "alias"), text(baseTable, "table_name")];

/** What could be a table's name in the place of a column's. */
function wholeRows(statement: SqlNode): readonly string[] {
  return [...nodesOf(statement)].flatMap((node) => {
    const [only, ...more] = texts(node, "column_names");
    return only === undefined || more.length > 0 ? [] : [only.toLowerCase()];
  });
}
