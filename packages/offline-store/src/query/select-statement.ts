import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { quotedString } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";

/** A table as a statement names it. */
export interface TableReference {
  /** Empty where the statement names none. */
  readonly namespace: string;
  readonly name: string;
}

interface Serialized {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}

/**
 * Parses a statement without running it and finds the tables it names, CTEs among them.
 * @throws OfflineStoreError `QUERY_INVALID` for a syntax error, `QUERY_REFUSED` for anything but one SELECT
 */
export async function parseSelect(session: Session, sql: string): Promise<readonly TableReference[]> {
  const row = await session.row(`SELECT json_serialize_sql(${quotedString(sql)}) AS tree`);
  const tree = JSON.parse(String(row["tree"])) as Serialized;
  if (tree.error && tree.error_type !== "not implemented") {
    throw new OfflineStoreError("QUERY_INVALID", `query: ${tree.error_message ?? "syntax error"}`);
  }
  if (tree.error || tree.statements?.length !== 1) {
    throw new OfflineStoreError(
      "QUERY_REFUSED",
      "query: only one SELECT statement can be run; tables are changed by ingest and apply",
    );
  }
  const found = new Map<string, TableReference>();
  collectTables(tree.statements, found);
  return [...found.values()];
}

function collectTables(node: unknown, found: Map<string, TableReference>): void {
  if (node === null || typeof node !== "object") return;
  if (isBaseTable(node)) {
    const reference = { namespace: node.schema_name, name: node.table_name };
    found.set(JSON.stringify(reference), reference);
  }
  for (const child of Object.values(node)) collectTables(child, found);
}

function isBaseTable(node: object): node is { readonly schema_name: string; readonly table_name: string } {
  return "type" in node && node.type === "BASE_TABLE" && "table_name" in node && "schema_name" in node;
}
