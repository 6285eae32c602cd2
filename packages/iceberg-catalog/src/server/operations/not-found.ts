import { identifierToString, type Namespace, type TableIdentifier } from "../../catalog/table-identifier.ts";
import { IcebergError } from "../../errors.ts";

export function namespaceNotFound(namespace: Namespace): IcebergError {
  return new IcebergError("NAMESPACE_NOT_FOUND", `namespace ${namespace.join(".")} does not exist`);
}

export function tableNotFound(identifier: TableIdentifier): IcebergError {
  return new IcebergError("TABLE_NOT_FOUND", `table ${identifierToString(identifier)} does not exist`);
}

export function tableExists(identifier: TableIdentifier): IcebergError {
  return new IcebergError("ALREADY_EXISTS", `table ${identifierToString(identifier)} already exists`);
}
