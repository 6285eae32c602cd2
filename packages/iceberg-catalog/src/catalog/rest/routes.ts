/** An operation of the REST specification. `subject` is what a 404 misses where the body does not say. */
export interface Route {
  readonly method: "GET" | "HEAD" | "POST" | "DELETE";
  readonly path: string;
  readonly subject: "warehouse" | "namespace" | "table";
}

const namespaces = "/v1/{prefix}/namespaces";
const namespace = `${namespaces}/{namespace}`;
const tables = `${namespace}/tables`;
const table = `${tables}/{table}`;

/** Every operation that Icecore speaks, by its operation id. Method and path are also its name in `endpoints`. */
export const routes = {
  getConfig: { method: "GET", path: "/v1/config", subject: "warehouse" },
  listNamespaces: { method: "GET", path: namespaces, subject: "namespace" },
  createNamespace: { method: "POST", path: namespaces, subject: "namespace" },
  loadNamespaceMetadata: { method: "GET", path: namespace, subject: "namespace" },
  namespaceExists: { method: "HEAD", path: namespace, subject: "namespace" },
  dropNamespace: { method: "DELETE", path: namespace, subject: "namespace" },
  updateProperties: { method: "POST", path: `${namespace}/properties`, subject: "namespace" },
  listTables: { method: "GET", path: tables, subject: "namespace" },
  createTable: { method: "POST", path: tables, subject: "namespace" },
  registerTable: { method: "POST", path: `${namespace}/register`, subject: "namespace" },
  loadTable: { method: "GET", path: table, subject: "table" },
  loadCredentials: { method: "GET", path: `${table}/credentials`, subject: "table" },
  updateTable: { method: "POST", path: table, subject: "table" },
  dropTable: { method: "DELETE", path: table, subject: "table" },
  tableExists: { method: "HEAD", path: table, subject: "table" },
  reportMetrics: { method: "POST", path: `${table}/metrics`, subject: "table" },
  renameTable: { method: "POST", path: "/v1/{prefix}/tables/rename", subject: "table" },
  commitTransaction: { method: "POST", path: "/v1/{prefix}/transactions/commit", subject: "table" },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof routes;

/** The operation as the `endpoints` of a catalog's config spell it. */
export function endpointOf(name: RouteName): string {
  return `${routes[name].method} ${routes[name].path}`;
}

/** Came after the `endpoints` list, so a catalog without one cannot be trusted to have them. */
const newerThanDiscovery: ReadonlySet<RouteName> = new Set(["namespaceExists", "tableExists", "loadCredentials"]);

/** What a catalog that does not list its endpoints can do. */
export const legacyEndpoints: ReadonlySet<string> = new Set(
  (Object.keys(routes) as RouteName[]).filter((name) => !newerThanDiscovery.has(name)).map(endpointOf),
);
