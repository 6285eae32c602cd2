import { IcebergError } from "../errors.ts";
import type { Namespace, TableIdentifier } from "./table-identifier.ts";

/**
 * Refuses names that a URL path cannot carry: `.` and `..` are collapsed by every URL parser, even when encoded.
 *
 * @throws IcebergError `INVALID_ARGUMENT`
 */
export function checkNamespace(namespace: Namespace): Namespace {
  if (namespace.length === 0) throw new IcebergError("INVALID_ARGUMENT", "a namespace needs at least one level");
  for (const level of namespace) checkName("namespace level", level);
  return namespace;
}

/** Like {@link checkNamespace}, for the table's own name too. */
export function checkIdentifier(identifier: TableIdentifier): TableIdentifier {
  checkNamespace(identifier.namespace);
  checkName("table name", identifier.name);
  return identifier;
}

function checkName(what: string, name: string): void {
  if (name !== "" && name !== "." && name !== ".." && !name.includes("\u001f") && !name.includes("\0")) return;
  throw new IcebergError("INVALID_ARGUMENT", `${JSON.stringify(name)} cannot be a ${what}`, { context: { name } });
}
