import type { PropertyChanges } from "../../catalog/catalog.ts";
import type { Namespace } from "../../catalog/table-identifier.ts";
import { checkNamespace } from "../../catalog/valid-name.ts";
import { IcebergError } from "../../errors.ts";
import { childNamespaces, findNamespace, putNamespace, removeNamespace, tableNames } from "../store/catalog-state.ts";
import type { CatalogContext } from "./context.ts";
import { namespaceNotFound } from "./not-found.ts";

type Properties = Readonly<Record<string, string>>;

/** What became of the changes that were asked for. */
export interface PropertyOutcome {
  readonly updated: readonly string[];
  readonly removed: readonly string[];
  readonly missing: readonly string[];
}

export function listNamespaces({ store }: CatalogContext, parent: Namespace): Promise<readonly Namespace[]> {
  return store.read((entries) => {
    if (parent.length > 0 && findNamespace(entries, parent) === undefined) throw namespaceNotFound(parent);
    return childNamespaces(entries, parent);
  });
}

/** The namespaces around it must be there, or nobody would find it in a listing. */
export async function createNamespace(
  { store, settle }: CatalogContext,
  namespace: Namespace,
  properties: Properties,
): Promise<void> {
  checkNamespace(namespace);
  return store.transact((entries) => {
    const parent = namespace.slice(0, -1);
    if (parent.length > 0 && findNamespace(entries, parent) === undefined) throw namespaceNotFound(parent);
    if (findNamespace(entries, namespace) !== undefined) {
      throw new IcebergError("ALREADY_EXISTS", `Namespace already exists: ${namespace.join(".")}`);
    }
    putNamespace(entries, namespace, properties);
    settle?.(entries, { body: { namespace, properties } });
  });
}

export function loadNamespace({ store }: CatalogContext, namespace: Namespace): Promise<Properties> {
  return store.read((entries) => {
    const properties = findNamespace(entries, namespace);
    if (properties === undefined) throw namespaceNotFound(namespace);
    return properties;
  });
}

export function updateNamespaceProperties(
  { store, settle }: CatalogContext,
  namespace: Namespace,
  { updates = {}, removals = [] }: PropertyChanges,
): Promise<PropertyOutcome> {
  return store.transact((entries) => {
    const before = findNamespace(entries, namespace);
    if (before === undefined) throw namespaceNotFound(namespace);
    const kept = Object.entries(before).filter(([name]) => !removals.includes(name));
    putNamespace(entries, namespace, { ...Object.fromEntries(kept), ...updates });
    const outcome = {
      updated: Object.keys(updates),
      removed: removals.filter((name) => Object.hasOwn(before, name)),
      missing: removals.filter((name) => !Object.hasOwn(before, name)),
    };
    settle?.(entries, { body: outcome });
    return outcome;
  });
}

export function dropNamespace({ store, settle }: CatalogContext, namespace: Namespace): Promise<void> {
  return store.transact((entries) => {
    if (findNamespace(entries, namespace) === undefined) throw namespaceNotFound(namespace);
    const inside = tableNames(entries, namespace).length + childNamespaces(entries, namespace).length;
    if (inside > 0) {
      throw new IcebergError(
        "NAMESPACE_NOT_EMPTY",
        `Namespace ${namespace.join(".")} is not empty: drop the ${inside} tables and namespaces in it first`,
      );
    }
    removeNamespace(entries, namespace);
    settle?.(entries, {});
  });
}
