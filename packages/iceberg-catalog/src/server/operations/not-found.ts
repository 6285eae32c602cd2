import { identifierToString, type Namespace, type TableIdentifier } from "../../catalog/table-identifier.ts";
import { IcebergError } from "../../errors.ts";

export function namespaceNotFound(namespace: Namespace): IcebergError {
  return new IcebergError("NAMESPACE_NOT_FOUND", `Namespace does not exist: ${namespace.join(".")}`);
}

export function tableNotFound(identifier: TableIdentifier): IcebergError {
  return new IcebergError("TABLE_NOT_FOUND", `Table does not exist: ${identifierToString(identifier)}`);
}

export function tableExists(identifier: TableIdentifier): IcebergError {
  return new IcebergError("ALREADY_EXISTS", `Table already exists: ${identifierToString(identifier)}`);
}
