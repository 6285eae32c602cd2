import {
  didYouMean,
  type FeatureView,
  loadRegistry,
  ProjectCatalog,
  parseDuration,
  registryTableName,
} from "@icecore/feature-registry";
import type { DatabaseOptions } from "@icecore/iceberg-catalog/duckdb";
import {
  type At,
  type FindTable,
  featureDefaults,
  latest,
  OfflineStoreError,
  type OpenQuery,
  openQuery,
  type QueryLimits,
} from "@icecore/offline-store";
import { IcecoreError, isKnownError } from "../errors.ts";
import type { StoreContext } from "./context.ts";

/** How a query is run. A limit that is given here and in the configuration, too, is the smaller of both. */
export interface QueryOptions extends QueryLimits {
  /** The state that all tables are read at. Default: the latest. */
  readonly at?: At | undefined;
  /** What DuckDB may take, as `2GB`, instead of the configured. */
  readonly memoryLimit?: string | undefined;
  /** A directory that the result may be written to. */
  readonly outputDirectory?: string | undefined;
  /** Reads these feature views and no other table. Default: whatever the catalog has. */
  readonly onlyViews?: ReadonlySet<string> | undefined;
  /** Ends the query when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a SELECT over the project's feature views, and any other table of the catalog as `namespace.table`.
 * @throws OfflineStoreError `QUERY_INVALID`, with the nearest feature view where a table is not there; `QUERY_REFUSED`
 */
export async function openStoreQuery(
  context: StoreContext,
  sql: string,
  options: QueryOptions = {},
): Promise<OpenQuery> {
  const { at = latest, outputDirectory, signal } = options;
  const configured = context.config.offline_store.query ?? {};
  const timeout = configured.timeout === undefined ? undefined : parseDuration(configured.timeout);
  const limits = {
    timeoutSeconds: smaller(options.timeoutSeconds, timeout),
    maxRows: smaller(options.maxRows, configured.max_rows),
  };
  const findTable = findQueryTable(context, options.onlyViews);
  try {
    return await openQuery(queryDatabase(context, options), { sql, at, findTable, limits, outputDirectory, signal });
  } catch (error) {
    throw await withNearestView(context, error, options.onlyViews);
  }
}

/** DuckDB knows no tables but those that were found for it: it has no nearer one to name. */
async function withNearestView(
  { project }: StoreContext,
  error: unknown,
  onlyViews: ReadonlySet<string> | undefined,
): Promise<unknown> {
  if (!isKnownError(error) || error.code !== "QUERY_INVALID") return error;
  const missing = /Table with name (\w+) does not exist/.exec(error.message)?.[1];
  if (missing === undefined) return error;
  const { definitions } = await loadRegistry(project);
  const names = definitions.featureViews.map(({ name }) => name).filter((name) => onlyViews?.has(name) ?? true);
  return new OfflineStoreError(
    "QUERY_INVALID",
    `query: there is no feature view or table "${missing}"${didYouMean(missing, names)}; tables elsewhere in the catalog are written namespace.table`,
    { cause: error },
  );
}

function queryDatabase({ config, databaseOptions }: StoreContext, { memoryLimit }: QueryOptions): DatabaseOptions {
  const { memory_limit: configured, max_spill: maxTempDirectorySize } = config.offline_store.query ?? {};
  return {
    ...databaseOptions,
    memoryLimit: memoryLimit ?? configured ?? databaseOptions.memoryLimit,
    maxTempDirectorySize,
  };
}

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** Finds tables in the catalog; columns of feature views have the defaults of their definitions. */
export function findQueryTable({ project }: StoreContext, onlyViews?: ReadonlySet<string>): FindTable {
  let registry: ReturnType<typeof loadRegistry> | undefined;
  const findView = async (name: string): Promise<FeatureView | undefined> => {
    if (name === registryTableName) return undefined;
    registry ??= loadRegistry(project);
    const { definitions } = await registry;
    return definitions.featureViews.find((candidate) => candidate.name === name);
  };
  return async (namespace, name) => {
    const isOwn = namespace === "" || namespace === project.namespace.join(".");
    const view = isOwn ? await findView(name) : undefined;
    refuseOthers(name, view, onlyViews);
    const owner = isOwn ? project : new ProjectCatalog(project.catalog, project.io, namespace.split("."));
    const table = await (view === undefined ? owner.findTable(name) : project.findViewTable(view));
    return table === undefined
      ? undefined
      : { name, table, defaults: view === undefined ? new Map() : featureDefaults(view) };
  };
}

function refuseOthers(name: string, view: FeatureView | undefined, onlyViews: ReadonlySet<string> | undefined): void {
  if (onlyViews === undefined || (view !== undefined && onlyViews.has(view.name))) return;
  const allowed = [...onlyViews].join(", ");
  throw new IcecoreError("ACCESS_DENIED", `"${name}" may not be read here; feature views that may: ${allowed}`);
}
