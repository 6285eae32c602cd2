import { type JsonValue, parseJson } from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { quotedString } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";

/** A node of the tree that DuckDB's `json_serialize_sql` gives of a statement. Whole numbers in it are bigints. */
export type SqlNode = { readonly [member: string]: JsonValue | undefined };

/** A table as a statement names it. */
export interface TableReference {
  /** Empty where the statement names none. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * Parses a statement without running it.
 * @throws OfflineStoreError `QUERY_INVALID` for a syntax error, `QUERY_REFUSED` for anything but one SELECT
 */
export async function parseSelect(session: Session, sql: string): Promise<SqlNode> {
  const row = await session.row(`SELECT json_serialize_sql(${quotedString(sql)}) AS tree`);
  const tree = parseJson(String(row["tree"])) as SqlNode;
  if (tree["error"] === true && tree["error_type"] !== "not implemented") {
    throw new OfflineStoreError("QUERY_INVALID", `query: ${tree["error_message"] ?? "syntax error"}`);
  }
  const [statement, ...more] = childrenOf(tree, "statements");
  if (statement !== undefined && more.length === 0) return statement;
  throw new OfflineStoreError(
    "QUERY_REFUSED",
    "query: only one SELECT statement can be run; tables are changed by ingest and apply",
  );
}

/** Whether a SELECT says in which order its rows come. */
export async function isOrdered(session: Session, sql: string): Promise<boolean> {
  const query = child(await parseSelect(session, sql), "node");
  return query !== undefined && childrenOf(query, "modifiers").some(({ type }) => type === "ORDER_MODIFIER");
}

/** Every node of a tree, from the root down. */
export function* nodesOf(value: JsonValue | undefined): Generator<SqlNode> {
  if (value === null || typeof value !== "object") return;
  if (isNode(value)) yield value;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

/** The tables that a statement names, CTEs among them. */
export function tablesOf(statement: SqlNode): readonly TableReference[] {
  const found = new Map<string, TableReference>();
  for (const node of nodesOf(statement)) {
    if (node["type"] !== "BASE_TABLE") continue;
    const reference = referenceOf(node);
    found.set(JSON.stringify(reference), reference);
  }
  return [...found.values()];
}

/** What a `BASE_TABLE` names. */
export function referenceOf(baseTable: SqlNode): TableReference {
  return { namespace: text(baseTable, "schema_name"), name: text(baseTable, "table_name") };
}

/** A member that is a node; undefined where it is null or none. */
export function child(node: SqlNode, member: string): SqlNode | undefined {
  const value = node[member];
  return isNode(value) ? value : undefined;
}

/** The nodes of a member that is a list. */
export function childrenOf(node: SqlNode, member: string): readonly SqlNode[] {
  const value = node[member];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A member that is text; empty where it is none. */
export function text(node: SqlNode, member: string): string {
  const value = node[member];
  return typeof value === "string" ? value : "";
}

/** The texts of a member that is a list. */
export function texts(node: SqlNode, member: string): readonly string[] {
  const value = node[member];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function isNode(value: JsonValue | undefined): value is SqlNode {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
