import { type FeatureView, loadAppliedVersions, registryTableName } from "@icecore/feature-registry";
import { isIcebergError } from "@icecore/iceberg-catalog";
import { requireRegistry, type StoreContext } from "./context.ts";
import { readLocks } from "./training-set-files.ts";

/** What a teardown takes away for ever. */
export interface Teardown {
  readonly project: string;
  /** Tables with their files and history, the registry's last. */
  readonly tables: readonly string[];
  /** Views whose rows the online store forgets. */
  readonly views: readonly string[];
  /** Training sets that cannot be made again afterwards. */
  readonly trainingSets: readonly string[];
}

/** What a teardown would take away. @throws RegistryError `NOTHING_APPLIED` */
export async function planTeardown(context: StoreContext): Promise<Teardown> {
  return (await teardownOf(context)).plan;
}

async function teardownOf(
  context: StoreContext,
): Promise<{ readonly plan: Teardown; readonly views: readonly FeatureView[] }> {
  await requireRegistry(context.project);
  const views = await everyView(context);
  const own = new Set(views.filter((view) => view.source === undefined).map(({ name }) => name));
  const locks = await readLocks(context.repo);
  const plan = {
    project: context.config.project,
    tables: [...own, registryTableName],
    views: [...new Set(views.map(({ name }) => name))],
    trainingSets: locks.map(({ name }) => name),
  };
  return { plan, views };
}

/** Every view that ever was registered, in each form of its keys: what is deleted has left a table, and perhaps online rows. */
async function everyView({ project }: StoreContext): Promise<readonly FeatureView[]> {
  const versions = await loadAppliedVersions(project);
  const found = versions.flatMap(({ definitions }) => definitions.featureViews);
  const keyOf = ({ name, joinKeys, source }: FeatureView) => JSON.stringify([name, joinKeys, source === undefined]);
  return [...new Map(found.map((view) => [keyOf(view), view])).values()];
}

/**
 * Takes a project away: what the online store has of it, its tables and their files, the registry, and the namespace when
 * nothing else is in it. Tables of data sources belong to others and stay, as do the files of the repository. The registry
 * goes last, so that a teardown that was interrupted is finished by the next.
 */
export async function tearDown(context: StoreContext): Promise<Teardown> {
  const { plan, views } = await teardownOf(context);
  const online = await context.onlineStore();
  for (const view of views) await online.dropView(view);
  const { project } = context;
  for (const table of plan.tables) {
    await ignoring("TABLE_NOT_FOUND", project.catalog.dropTable(project.identifier(table), { purge: true }));
  }
  await ignoring("NAMESPACE_NOT_EMPTY", project.catalog.dropNamespace(project.namespace));
  context.cachedRegistry.forget();
  return plan;
}

async function ignoring(code: "TABLE_NOT_FOUND" | "NAMESPACE_NOT_EMPTY", work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isIcebergError(error, code)) throw error;
  }
}
