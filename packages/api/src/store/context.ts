import { loadRegistry, type ProjectCatalog, RegistryError, type RegistryVersion } from "@icecore/feature-registry";
import type { Database, DatabaseOptions, Session } from "@icecore/iceberg-catalog/duckdb";
import { Deadline } from "@icecore/offline-store";
import type { OnlineStore } from "@icecore/online-sync";
import type { FeatureStoreConfig } from "../config/config.ts";
import type { CachedRegistry } from "./cached-registry.ts";

/** What every operation of a feature store works with; made once, by `openFeatureStore`. */
export interface StoreContext {
  /** Directory of the feature repository. */
  readonly repo: string;
  readonly config: FeatureStoreConfig;
  readonly project: ProjectCatalog;
  readonly database: Database;
  readonly databaseOptions: DatabaseOptions;
  /** Opens the online store on first use. */
  readonly onlineStore: () => Promise<OnlineStore>;
  readonly cachedRegistry: CachedRegistry;
  readonly now: () => Date;
}

/** Microseconds since 1970-01-01T00:00:00Z. */
export function nowMicros(context: StoreContext): bigint {
  return BigInt(context.now().getTime()) * 1000n;
}

/** The registry as it is now. @throws RegistryError `NOTHING_APPLIED` before the first apply */
export async function requireRegistry(project: ProjectCatalog): Promise<RegistryVersion> {
  const registry = await loadRegistry(project);
  if (registry.version > 0) return registry;
  throw new RegistryError(
    "NOTHING_APPLIED",
    `nothing is registered in namespace "${project.namespace.join(".")}" yet; run icecore apply`,
  );
}

/**
 * Runs `use` with a DuckDB session of its own; when nobody waits for it any more, what runs in it ends and fails. What was
 * done by then stands: a commit that has landed is told of, however late.
 */
export async function withSession<T>(
  context: StoreContext,
  use: (session: Session) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await using session = await context.database.connect();
  using deadline = new Deadline(session, undefined, signal);
  let done: { readonly result: T } | undefined;
  const work = deadline.run(async () => {
    done = { result: await use(session) };
    return done.result;
  });
  return await work.catch((error: unknown) => {
    if (done === undefined) throw error;
    return done.result;
  });
}
