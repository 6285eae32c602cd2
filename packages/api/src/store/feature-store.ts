import {
  type ApplyOptions,
  type Definitions,
  type Feature,
  type FeatureSelection,
  type FeatureView,
  findFeatureView,
  findPushedViews,
  loadRegistry,
  type PreparedPlan,
  planApply,
  type RegistryVersion,
} from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { RowInput } from "@icecore/iceberg-catalog/duckdb";
import {
  type IngestResult,
  type OpenQuery,
  type PreparedQuery,
  type SelectDatabase,
  selectDatabase,
  type TablesOf,
} from "@icecore/offline-store";
import type { MaterializeSummary, MigrateSummary } from "@icecore/online-sync";
import type { FeatureStoreConfig } from "../config/config.ts";
import type { FeatureEdit } from "../definitions/edit-feature.ts";
import { loadDefinitions } from "../definitions/load-definitions.ts";
import { type FeastImport, importFeast } from "../feast-import/import-feast.ts";
import { applyToStore } from "./apply.ts";
import type { StoreContext } from "./context.ts";
import { type EvolvedFeature, type EvolveOptions, evolveFeature } from "./evolve-feature.ts";
import { removeTrainingSet } from "./forget-training-set.ts";
import { freshness, type ViewFreshness } from "./freshness.ts";
import { type HistoricalFeatures, type HistoricalFeaturesRequest, historicalFeatures } from "./historical-features.ts";
import { type HistoryEntry, type ListedFile, viewFiles, viewHistory } from "./history.ts";
import { type IngestOptions, ingestRows } from "./ingest.ts";
import { type MaintainedView, type MaintainRequest, maintainView } from "./maintain-view.ts";
import { type MaterializeOptions, materializeViews } from "./materialize-views.ts";
import { type MigrateOptions, migrateLayout } from "./migrate-layout.ts";
import { type Entities, type FeatureVectors, getOnlineFeatures } from "./online-features.ts";
import type { EntityOf, FeatureReference, FeatureVector } from "./online-types.ts";
import { planRepository } from "./plan-repository.ts";
import { type PushInput, type PushOptions, type PushResult, type PushTarget, pushRows } from "./push.ts";
import type { GatheredPush } from "./push-group.ts";
import { pushTogether } from "./push-together.ts";
import { openStoreQuery, type QueryOptions } from "./query.ts";
import { type RegistryEntry, type RegistryState, registryAt, registryHistory } from "./registry-history.ts";
import { rollBack, tagSnapshot } from "./snapshots.ts";
import { type StateOptions, toAt } from "./state-options.ts";
import { planTeardown, type Teardown, tearDown } from "./teardown.ts";
import { claimSpinePath } from "./training-set-files.ts";
import {
  type DiffOptions,
  diffTrainingSets,
  listTrainingSets,
  makeTrainingSet,
  type RemakeOptions,
  remakeTrainingSet,
  showTrainingSet,
  type TrainingSetDiff,
  type TrainingSetRequest,
} from "./training-sets.ts";
import { type VerifiedView, type VerifyOptions, verifyView } from "./verify-view.ts";
import { type WatchOptions, watchViews } from "./watch-views.ts";

/** Features of views, by reference. */
export interface FeaturesRequest<Repository, Reference extends string, Full extends boolean> {
  readonly features: readonly Reference[];
  /** Values by column or one by one; the join keys of every view that is asked. */
  readonly entities: readonly EntityOf<Repository, Reference>[] | EntityColumns<EntityOf<Repository, Reference>>;
  /** Output names are `view__feature`. */
  readonly fullFeatureNames?: Full;
}

type EntityColumns<Entity> = { readonly [Key in keyof Entity]: readonly Entity[Key][] };

/** Features of a service. */
export interface ServiceRequest {
  readonly service: string;
  readonly entities: Entities;
  readonly fullFeatureNames?: boolean;
}

/**
 * A feature store: definitions, history and online store of one project. Open one with `openFeatureStore`; dispose of
 * it to close what it holds.
 */
export class FeatureStore<Repository = unknown> implements AsyncDisposable {
  readonly #context: StoreContext;
  readonly #close: () => Promise<void>;
  /** Serves the embedded Iceberg REST catalog; undefined where the project uses a catalog of its own. */
  readonly catalogHandler: ((request: Request) => Promise<Response>) | undefined;

  constructor(
    context: StoreContext,
    catalogHandler: ((request: Request) => Promise<Response>) | undefined,
    close: () => Promise<void>,
  ) {
    this.#context = context;
    this.catalogHandler = catalogHandler;
    this.#close = close;
  }

  /** What the store was opened with. */
  get config(): FeatureStoreConfig {
    return this.#context.config;
  }

  /** The definitions that the repository's files say. */
  loadDefinitions(): Promise<Definitions> {
    return loadDefinitions(this.#context.repo);
  }

  /**
   * Writes `feast.ts` in the repository, with definitions made of a Feast repository or its registry file; apply them next.
   * @throws IcecoreError `ARGUMENT_INVALID`
   */
  importFeast(path: string): Promise<FeastImport> {
    return importFeast(this.#context.repo, path);
  }

  /** What `apply` would do; default: to make the registry say what the repository's files say. */
  async plan(definitions?: Definitions): Promise<PreparedPlan> {
    return definitions === undefined ? planRepository(this.#context) : planApply(this.#context.project, definitions);
  }

  /** Carries a plan out; what is not to be served any more goes from the online store. */
  apply(plan: PreparedPlan, options: Omit<ApplyOptions, "nowMicros"> = {}): Promise<RegistryVersion> {
    return applyToStore(this.#context, plan, options);
  }

  /** The definitions in force, or those of an earlier time or version. */
  registry(state: RegistryState = {}): Promise<RegistryVersion> {
    return registryAt(this.#context, state);
  }

  /** Every version of the registry, newest first, and what it changed. */
  registryHistory(): Promise<readonly RegistryEntry[]> {
    return registryHistory(this.#context);
  }

  /** The definition of a view as {@link push} reads it: at most a minute old. @throws RegistryError `FEATURE_VIEW_NOT_FOUND` */
  async featureView(name: string): Promise<FeatureView> {
    return findFeatureView((await this.#context.cachedRegistry.read()).definitions, name);
  }

  /** The names of the views that a selection reads, by definitions that are at most a minute old. */
  async selectedViews(selection: FeatureSelection): Promise<readonly string[]> {
    const requests = await this.#context.cachedRegistry.resolve(selection);
    return [...new Set(requests.map(({ view }) => view.name))];
  }

  /** How fresh every view is, in the history and online. */
  freshness(): Promise<readonly ViewFreshness[]> {
    return freshness(this.#context);
  }

  /** The views that a push source's rows go to; {@link push} takes the rows of each. @throws RegistryError `FEATURE_VIEW_NOT_FOUND` */
  async pushedViews(pushSource: string): Promise<readonly FeatureView[]> {
    return findPushedViews((await this.#context.cachedRegistry.read()).definitions, pushSource);
  }

  /** Brings rows into a view's history as one commit. A query may read the tables of the catalog, as they are now. */
  ingest(viewName: string, input: RowInput, options: IngestOptions = {}): Promise<IngestResult> {
    return ingestRows(this.#context, viewName, input, options);
  }

  /** Adds a feature to a view: its definition file, its table, the registry. */
  addFeature(viewName: string, feature: Feature): Promise<EvolvedFeature> {
    return this.#evolve(viewName, { type: "add", feature });
  }

  /** Calls a feature otherwise, in its view and in the services of the repository; its values stay. */
  renameFeature(viewName: string, name: string, to: string): Promise<EvolvedFeature> {
    return this.#evolve(viewName, { type: "rename", name, to });
  }

  /** Gives a feature a wider type. @throws RegistryError `CHANGE_REFUSED` for a type that cannot hold all its values */
  widenFeature(viewName: string, name: string, type: string): Promise<EvolvedFeature> {
    return this.#evolve(viewName, { type: "widen", name, to: type });
  }

  /** Drops a feature: only snapshots from before have it. @throws RegistryError `CHANGE_REFUSED` without `allowDestructive` */
  dropFeature(viewName: string, name: string, options: EvolveOptions = {}): Promise<EvolvedFeature> {
    return this.#evolve(viewName, { type: "drop", name }, options);
  }

  #evolve(viewName: string, edit: FeatureEdit, options?: EvolveOptions): Promise<EvolvedFeature> {
    return evolveFeature(this.#context, viewName, edit, options);
  }

  /** The snapshots of a view's history, newest first. */
  history(viewName: string): Promise<readonly HistoryEntry[]> {
    return viewHistory(this.#context, viewName);
  }

  /** The data files of a view's history. */
  files(viewName: string): Promise<readonly ListedFile[]> {
    return viewFiles(this.#context, viewName);
  }

  /** Names a snapshot of a view, by default the current one. Gives its id. */
  tag(viewName: string, tag: string, snapshotId?: SnapshotId): Promise<SnapshotId> {
    return tagSnapshot(this.#context, viewName, tag, snapshotId);
  }

  /** Makes an earlier snapshot of a view its current one. */
  rollBack(viewName: string, snapshotId: SnapshotId): Promise<void> {
    return rollBack(this.#context, viewName, snapshotId);
  }

  /** Compacts a view's table, expires its old snapshots and removes files that nothing needs, as asked. */
  maintain(viewName: string, request: MaintainRequest): Promise<MaintainedView> {
    return maintainView(this.#context, viewName, request);
  }

  /** Runs a SELECT over feature views and tables, all at one state, and hands its result to `use`. */
  async query<T>(sql: string, use: (query: PreparedQuery) => Promise<T>, options: QueryOptions = {}): Promise<T> {
    await using query = await this.openQuery(sql, options);
    return await use(query);
  }

  /** Runs a SELECT as {@link query} does; its result stays until it is disposed of. */
  openQuery(sql: string, options: QueryOptions = {}): Promise<OpenQuery> {
    return openStoreQuery(this.#context, sql, options);
  }

  /**
   * Queries in TypeScript, with Kysely, over all tables at one state. The first type argument is the repository's
   * definitions, from which columns get their types; the second says what other tables of the catalog have.
   *
   * @example
   * const busy = await store
   *   .at<typeof import("./features.ts")>({ asOf: new Date("2026-02-01T00:00:00Z") })
   *   .selectFrom("driver_hourly_stats")
   *   .where("event_timestamp", ">=", new Date("2026-01-01T00:00:00Z"))
   *   .select(["driver_id", "conv_rate"])
   *   .execute();
   */
  at<Definitions = Repository, Others = unknown>(
    state: StateOptions = {},
    options: Omit<QueryOptions, "at" | "outputDirectory"> = {},
  ): SelectDatabase<TablesOf<Definitions> & Others> {
    const at = toAt(state);
    return selectDatabase((sql) => this.openQuery(sql, { ...options, at }));
  }

  /** Joins features to a spine as they were at each row's time, and hands the result to `use`. */
  getHistoricalFeatures<T>(
    request: HistoricalFeaturesRequest,
    use: (features: HistoricalFeatures) => Promise<T>,
  ): Promise<T> {
    return historicalFeatures(this.#context, request, use);
  }

  /** Joins features to a spine as they were at each row's time, pinned to snapshots by a lock file. */
  createTrainingSet(request: TrainingSetRequest): ReturnType<typeof makeTrainingSet> {
    return makeTrainingSet(this.#context, request);
  }

  /** Makes a training set again, by name or lock file, and proves that it is the same. */
  reproduceTrainingSet(nameOrPath: string, options: RemakeOptions = {}): ReturnType<typeof remakeTrainingSet> {
    return remakeTrainingSet(this.#context, nameOrPath, options);
  }

  /** Forgets a training set, finished or not: its lock file and the tags that keep its snapshots. */
  removeTrainingSet(name: string): Promise<readonly string[]> {
    return removeTrainingSet(this.#context, name);
  }

  /** The lock of a training set, by name or lock file. */
  showTrainingSet(nameOrPath: string): ReturnType<typeof showTrainingSet> {
    return showTrainingSet(this.#context, nameOrPath);
  }

  /** What two training sets, by name or lock file, were made of differently, and how their rows differ. */
  diffTrainingSets(sets: readonly [string, string], options: DiffOptions = {}): Promise<TrainingSetDiff> {
    return diffTrainingSets(this.#context, sets, options);
  }

  /** Makes the file in the repository that keeps a training set's spine, empty. @throws IcecoreError `TRAINING_SET_EXISTS` */
  claimSpinePath(name: string, extension: string): Promise<string> {
    return claimSpinePath(this.#context.repo, name, extension);
  }

  listTrainingSets(): ReturnType<typeof listTrainingSets> {
    return listTrainingSets(this.#context);
  }

  /** Brings the online store up to the newest snapshots. */
  materialize(options: MaterializeOptions = {}): Promise<readonly MaterializeSummary[]> {
    return materializeViews(this.#context, options);
  }

  /** Writes rows to the online store, the history, or both, at once. */
  push(viewName: string, input: PushInput, options: PushOptions = {}): Promise<PushResult> {
    return pushRows(this.#context, viewName, input, options);
  }

  /**
   * Writes the rows of several callers as one batch and one commit. Each succeeds and fails for itself: gives what went wrong
   * by push, undefined where its rows are written.
   */
  pushTogether(
    viewName: string,
    pushes: readonly GatheredPush[],
    to: PushTarget = "online_and_offline",
  ): Promise<readonly (Error | undefined)[]> {
    return pushTogether(this.#context, viewName, pushes, to);
  }

  /** Compares the online store with the snapshot that it says it holds. */
  verify(viewName: string, options: VerifyOptions = {}): Promise<VerifiedView> {
    return verifyView(this.#context, viewName, options);
  }

  /** Keeps the online store up to the catalog until it is told to stop. */
  watch(options: WatchOptions): Promise<void> {
    return watchViews(this.#context, options);
  }

  /**
   * Copies all that is in the Redis online store from one layout into the other, while it is read and written; then
   * `layout` in the configuration is to be changed.
   */
  migrateLayout(options: MigrateOptions): Promise<readonly MigrateSummary[]> {
    return migrateLayout(this.#context, options);
  }

  /** What {@link tearDown} would take away. */
  planTeardown(): Promise<Teardown> {
    return planTeardown(this.#context);
  }

  /** Takes the project away for ever: online rows, tables with their history, the registry. The repository's files stay. */
  tearDown(): Promise<Teardown> {
    return tearDown(this.#context);
  }

  /** Resolves when the catalog and the online store answer. */
  async ping(): Promise<void> {
    await loadRegistry(this.#context.project);
    await (await this.#context.onlineStore()).ping();
  }

  /**
   * The latest features of entities. Names, join keys and values have the types of the repository's definitions, where the
   * store was opened with them.
   *
   * @example
   * const { vectors } = await store.getOnlineFeatures({
   *   features: ["driver_hourly_stats:conv_rate"],
   *   entities: [{ driver_id: 1001 }],
   * });
   */
  getOnlineFeatures<const Reference extends FeatureReference<Repository> & string, const Full extends boolean = false>(
    request: FeaturesRequest<Repository, Reference, Full>,
  ): Promise<FeatureVectors<FeatureVector<Repository, Reference, Full>>>;
  /** The features of a service. */
  getOnlineFeatures(request: ServiceRequest): Promise<FeatureVectors>;
  getOnlineFeatures(request: { readonly entities: unknown }): Promise<FeatureVectors<never>> {
    const { entities, ...selection } = request as FeatureSelection & { readonly entities: Entities };
    return this.selectOnlineFeatures(selection, entities) as Promise<FeatureVectors<never>>;
  }

  /** As {@link getOnlineFeatures}, of what is only known when it is asked for. */
  selectOnlineFeatures(selection: FeatureSelection, entities: Entities): Promise<FeatureVectors> {
    return getOnlineFeatures(this.#context, selection, entities);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}
