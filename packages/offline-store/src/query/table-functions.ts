import { OfflineStoreError } from "../errors.ts";
import { child, nodesOf, type SqlNode, text } from "./sql-tree.ts";

/** What may stand after FROM in a confined query beside tables: it gives rows of its arguments, and does nothing else. */
const pureFunctions = new Set(["range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"]);

/** Whether a `TABLE_FUNCTION` is known to read no table by name, to change no setting and to run no SQL. */
export function isPureTableFunction(tableFunction: SqlNode): boolean {
  return pureFunctions.has(nameOf(tableFunction));
}

/**
 * Refuses the others, of which DuckDB's own limits do not stop all: `enable_logging` writes the server's output, and, given
 * a file that it may not write, ends the process; `query` and its like run SQL that nobody has seen.
 * @throws OfflineStoreError `QUERY_REFUSED`
 */
export function refuseTableFunctions(statement: SqlNode): void {
  for (const node of nodesOf(statement)) {
    if (node["type"] === "SHOW_REF" && child(node, "query") === undefined) refuseShow(text(node, "table_name"));
    if (node["type"] !== "TABLE_FUNCTION" || isPureTableFunction(node)) continue;
    throw new OfflineStoreError(
      "QUERY_REFUSED",
      `query: queries read the tables of the catalog and nothing else, so ${nameOf(node)}() cannot stand after FROM; functions that can are ${[...pureFunctions].join(", ")}`,
    );
  }
}

/** DuckDB would show what is in a database of its own that lives as long as the query. */
function refuseShow(what: string): never {
  throw new OfflineStoreError(
    "QUERY_REFUSED",
    `query: there is no SHOW of ${what.replaceAll(/"|^__show_|_expanded$/g, "")}: a query sees the tables that it names; DESCRIBE and SUMMARIZE tell of a table, and icecore registry show lists the feature views`,
  );
}

function nameOf(tableFunction: SqlNode): string {
  const called = child(tableFunction, "function");
  return called === undefined ? "" : text(called, "function_name").toLowerCase();
}
