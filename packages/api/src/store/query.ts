import { loadRegistry, ProjectCatalog, registryTableName } from "@icecore/feature-registry";
import type { Table } from "@icecore/iceberg-catalog";
import { type At, type FindTable, type PreparedQuery, runQuery } from "@icecore/offline-store";
import type { StoreContext } from "./context.ts";

/** Runs a SELECT over the project's feature views, and any other table of the catalog as `namespace.table`. */
export function query<T>(
  context: StoreContext,
  sql: string,
  at: At,
  use: (query: PreparedQuery) => Promise<T>,
): Promise<T> {
  return runQuery(context.databaseOptions, { sql, at, findTable: findQueryTable(context) }, use);
}

/** Finds tables in the catalog; columns of feature views have the defaults of their definitions. */
export function findQueryTable({ project }: StoreContext): FindTable {
  return async (namespace, name) => {
    const isOwn = namespace === "" || namespace === project.namespace.join(".");
    const owner = isOwn ? project : new ProjectCatalog(project.catalog, project.io, namespace.split("."));
    const table: Table | undefined = await owner.findTable(name);
    if (table === undefined) return undefined;
    if (!isOwn || name === registryTableName) return { table, defaults: new Map() };
    const { definitions } = await loadRegistry(project);
    const view = definitions.featureViews.find((candidate) => candidate.name === name);
    const defaults = (view?.features ?? []).flatMap((feature) =>
      feature.default === undefined ? [] : [[feature.name, String(feature.default)] as const],
    );
    return { table, defaults: new Map(defaults) };
  };
}
