import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  type FeatureSelection,
  findFeatureView,
  loadRegistryVersion,
  resolveFeatures,
} from "@icecore/feature-registry";
import { snapshotId } from "@icecore/iceberg-catalog";
import { type Session, subquery, writeOutput } from "@icecore/iceberg-catalog/duckdb";
import {
  type At,
  attachTables,
  type CreatedTrainingSet,
  compareRows,
  createTrainingSet,
  diffLocks,
  isOrdered,
  type LockDifference,
  OfflineStoreError,
  type ReproducedTrainingSet,
  type RetrievalStep,
  type RowDifferences,
  readLock,
  rebuildTrainingSet,
  reproduceTrainingSet,
  type TrainingSetLock,
  type TrainingSetSpine,
  writeLock,
} from "@icecore/offline-store";
import { IcecoreError } from "../errors.ts";
import { requireRegistry, type StoreContext, withSession } from "./context.ts";
import { forgetTrainingSet } from "./forget-training-set.ts";
import { pinViews } from "./pin-views.ts";
import { findQueryTable } from "./query.ts";
import { lockedSpine, pinSpine, type SpineOptions } from "./spine-options.ts";
import { claimSpinePath, freeLockPath, lockPathOf, readLocks, relativeInput } from "./training-set-files.ts";

export interface TrainingSetRequest {
  readonly name: string;
  readonly spine: SpineOptions;
  readonly selection: FeatureSelection;
  readonly at: At;
  /** Leaves out what was created after a row's time: what nobody could have known then. Default: false. */
  readonly filterByCreatedTimestamp?: boolean | undefined;
  /** Where the rows go: a file, whose name says the format, or, ending in `/`, a directory of Parquet files. */
  readonly out?: string | undefined;
  /** Rows per file of a directory. Default: a million. */
  readonly rowsPerFile?: number | undefined;
  /** Name of a new Iceberg table in the project's namespace that the rows are saved as, too. */
  readonly table?: string | undefined;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
  /** Ends the work when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes a training set, and its lock file in the feature repository. */
export async function makeTrainingSet(
  context: StoreContext,
  request: TrainingSetRequest,
): Promise<CreatedTrainingSet & { readonly lockPath: string }> {
  const lockPath = await freeLockPath(context.repo, request.name);
  refuseOverwrite(request);
  refuseNowhere(request);
  const registry = await requireRegistry(context.project);
  const views = await pinViews(context, resolveFeatures(registry.definitions, request.selection), request.at);
  const spine = await pinSpine(context, request.spine, request.at);
  const created = await withSession(
    context,
    (session) =>
      withKeptRows(context, session, { ...request, spine }, (input) =>
        createTrainingSet(session, {
          ...request,
          table: request.table === undefined ? undefined : { project: context.project, name: request.table },
          input,
          views,
          registry: {
            namespace: context.project.namespace.join("."),
            snapshotId: String(registry.snapshotId),
            version: registry.version,
          },
          createdAt: context.now(),
        }),
      ),
    request.signal,
  );
  const input = relativeInput(context.repo, {
    ...created.lock.spine.input,
    ...("sql" in spine && { sql: spine.sql }),
  });
  const lock = { ...created.lock, spine: { ...created.lock.spine, input } };
  try {
    await writeLock(lockPath, lock);
  } catch (error) {
    await forgetTrainingSet(context, request.name);
    throw error;
  }
  return { ...created, lock, lockPath };
}

/**
 * Hands `use` a spine that can be had again. What a query gives is kept beside the lock: the tables that it reads change,
 * and those that no feature is from are not tagged.
 */
async function withKeptRows<T>(
  context: StoreContext,
  session: Session,
  { name, spine, at }: Pick<TrainingSetRequest, "name" | "at"> & { readonly spine: TrainingSetSpine },
  use: (spine: TrainingSetSpine) => Promise<T>,
): Promise<T> {
  if (!("sql" in spine)) return use(spine);
  await attachSpineTables(context, session, spine, at);
  const path = await claimSpinePath(context.repo, name, "parquet");
  try {
    const order = (await isOrdered(session, spine.sql)) ? "" : " ORDER BY ALL";
    await writeOutput(session, `SELECT * FROM ${subquery(spine.sql)}${order}`, path);
    return await use({ files: [path] });
  } catch (error) {
    await rm(path, { force: true });
    if (!(error instanceof OfflineStoreError)) throw error;
    // Who asked knows of a query, and the file is gone.
    throw new OfflineStoreError(error.code, error.message.replaceAll(path, "the query"), { cause: error });
  }
}

export interface RemakeOptions {
  readonly out?: string | undefined;
  readonly rowsPerFile?: number | undefined;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
  /** Ends the work when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes a training set again from its name or the path of its lock file. */
export async function remakeTrainingSet(
  context: StoreContext,
  nameOrPath: string,
  { signal, ...options }: RemakeOptions,
): Promise<ReproducedTrainingSet & { readonly lock: TrainingSetLock }> {
  const remake = async (session: Session) => {
    const source = await lockedSource(context, session, nameOrPath);
    const made = await reproduceTrainingSet(session, { ...source, ...options });
    return { ...made, lock: source.lock };
  };
  return withSession(context, remake, signal);
}

/** What two training sets were made of differently, and how their rows differ. */
export interface TrainingSetDiff {
  readonly differences: readonly LockDifference[];
  /** Absent where rows were not compared. */
  readonly rows?: RowDifferences;
}

export interface DiffOptions {
  /** Whether rows are compared, too. Default: true. */
  readonly rows?: boolean | undefined;
  /** Ends the comparison when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares two training sets, by name or lock file. For their rows, both are made again.
 * @throws OfflineStoreError `DIGEST_DIFFERS` where one cannot be, for its rows
 */
export async function diffTrainingSets(
  context: StoreContext,
  [a, b]: readonly [string, string],
  { rows = true, signal }: DiffOptions = {},
): Promise<TrainingSetDiff> {
  const [lockA, lockB] = [await readLock(lockPathOf(context.repo, a)), await readLock(lockPathOf(context.repo, b))];
  const differences = diffLocks(lockA, lockB);
  if (!rows) return { differences };
  const compare = async (session: Session): Promise<TrainingSetDiff> => {
    const compared = await rebuildTrainingSet(session, await lockedSource(context, session, a), async (builtA) =>
      rebuildTrainingSet(session, await lockedSource(context, session, b), (builtB) =>
        compareRows(session, { lock: lockA, built: builtA }, { lock: lockB, built: builtB }),
      ),
    );
    return { differences, rows: compared };
  };
  return withSession(context, compare, signal);
}

/** What a training set is made from again, its tables attached where its spine is a query. */
async function lockedSource(context: StoreContext, session: Session, nameOrPath: string) {
  const lockPath = lockPathOf(context.repo, nameOrPath);
  const lock = await readLock(lockPath);
  const { definitions } = await loadRegistryVersion(context.project, lock.registry.version);
  const input = await lockedSpine(context, lockPath, lock.spine.input);
  const snapshots = lock.views.flatMap((view) =>
    view.snapshotId === null ? [] : [[view.view, snapshotId(BigInt(view.snapshotId))] as const],
  );
  await attachSpineTables(context, session, input, { kind: "snapshots", snapshots: new Map(snapshots) });
  const loadTable = (view: string) => context.project.loadViewTable(findFeatureView(definitions, view));
  return { lock, definitions, loadTable, input };
}

/** The lock of a training set, by name or path. */
export function showTrainingSet(context: StoreContext, nameOrPath: string): Promise<TrainingSetLock> {
  return readLock(lockPathOf(context.repo, nameOrPath));
}

/** The training sets whose lock files are in the repository, by name. */
export function listTrainingSets(context: StoreContext): Promise<readonly TrainingSetLock[]> {
  return readLocks(context.repo);
}

async function attachSpineTables(context: StoreContext, session: Session, spine: object, at: At): Promise<void> {
  if ("sql" in spine) await attachTables(session, String(spine.sql), at, findQueryTable(context));
}

/** Found out before the work, not after it. A directory of files is made. */
function refuseNowhere({ out }: TrainingSetRequest): void {
  if (out === undefined || out.endsWith("/") || existsSync(dirname(resolve(out)))) return;
  throw new IcecoreError("ARGUMENT_INVALID", `${dirname(out)}: no such directory; make it, or write elsewhere`);
}

/** The spine is needed to make the set again. */
function refuseOverwrite({ spine, out }: TrainingSetRequest): void {
  const files = "files" in spine ? spine.files : [];
  if (out === undefined || !files.some((file) => resolve(file) === resolve(out))) return;
  throw new IcecoreError(
    "ARGUMENT_INVALID",
    `--out ${out} is the spine itself, which is needed to make the set again; name another file`,
  );
}
