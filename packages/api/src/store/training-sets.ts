import { readdir, rm, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { type FeatureSelection, loadRegistry, resolveFeatures } from "@icecore/feature-registry";
import { snapshotId } from "@icecore/iceberg-catalog";
import type { RowInput, Session } from "@icecore/iceberg-catalog/duckdb";
import {
  type At,
  attachTables,
  type CreatedTrainingSet,
  createTrainingSet,
  type ReproducedTrainingSet,
  type RetrievalStep,
  readLock,
  reproduceTrainingSet,
  type TrainingSetLock,
  trainingSetTag,
  writeLock,
} from "@icecore/offline-store";
import { IcecoreError } from "../errors.ts";
import { requireRegistry, type StoreContext, withSession } from "./context.ts";
import { pinViews } from "./pin-views.ts";
import { findQueryTable } from "./query.ts";

export interface TrainingSetRequest {
  readonly name: string;
  readonly spine: RowInput;
  readonly selection: FeatureSelection;
  readonly at: At;
  /** File for the rows; its name says the format. */
  readonly out: string;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
}

const lockSuffix = ".lock.json";

/** Makes a training set, and its lock file in the feature repository. */
export async function makeTrainingSet(
  context: StoreContext,
  request: TrainingSetRequest,
): Promise<CreatedTrainingSet & { readonly lockPath: string }> {
  const lockPath = await freeLockPath(context, request.name);
  refuseOverwrite(request);
  const registry = await requireRegistry(context.project);
  const views = await pinViews(context, resolveFeatures(registry.definitions, request.selection), request.at);
  const created = await withSession(context, async (session) => {
    await attachSpineTables(context, session, request.spine, request.at);
    return createTrainingSet(session, {
      ...request,
      input: request.spine,
      views,
      registry: {
        namespace: context.project.namespace.join("."),
        snapshotId: String(registry.snapshotId),
        version: registry.version,
      },
      createdAt: context.now(),
    });
  });
  const lock = { ...created.lock, spine: { ...created.lock.spine, input: relativeInput(context.repo, request.spine) } };
  try {
    await writeLock(lockPath, lock);
  } catch (error) {
    await removeTrainingSet(context, request.name);
    throw error;
  }
  return { ...created, lock, lockPath };
}

/** Makes a training set again from its name or the path of its lock file. */
export async function remakeTrainingSet(
  context: StoreContext,
  nameOrPath: string,
  options: { readonly out?: string | undefined; readonly onStep?: ((step: RetrievalStep) => void) | undefined },
): Promise<ReproducedTrainingSet & { readonly lock: TrainingSetLock }> {
  const lock = await readLock(lockPathOf(context, nameOrPath));
  const { definitions } = await loadRegistry(context.project, snapshotId(BigInt(lock.registry.snapshotId)));
  const input = absoluteInput(context.repo, lock.spine.input);
  const at: At = {
    kind: "snapshots",
    snapshots: new Map(
      lock.views.flatMap((view) =>
        view.snapshotId === null ? [] : [[view.view, snapshotId(BigInt(view.snapshotId))] as const],
      ),
    ),
  };
  const made = await withSession(context, async (session) => {
    await attachSpineTables(context, session, input, at);
    return reproduceTrainingSet(session, {
      lock,
      definitions,
      loadTable: (view) => context.project.loadTable(view),
      input,
      ...options,
    });
  });
  return { ...made, lock };
}

/**
 * Forgets a training set: its lock file, and the tags that keep its snapshots, whether it was ever finished or not. The
 * rows that were written stay. Gives the names of the views that had tags.
 */
export async function removeTrainingSet(context: StoreContext, name: string): Promise<readonly string[]> {
  const { definitions } = await requireRegistry(context.project);
  const tag = trainingSetTag(name);
  const untagged: string[] = [];
  for (const view of definitions.featureViews) {
    const table = await context.project.loadTable(view.name);
    if (table.metadata.refs[tag] === undefined) continue;
    await table.newTransaction().removeRef(tag).commit();
    untagged.push(view.name);
  }
  await rm(lockPathOf(context, name), { force: true });
  return untagged;
}

/** The training sets whose lock files are in the repository, by name. */
export async function listTrainingSets(context: StoreContext): Promise<readonly TrainingSetLock[]> {
  const names = (await readdir(context.repo)).filter((name) => name.endsWith(lockSuffix)).sort();
  return Promise.all(names.map((name) => readLock(join(context.repo, name))));
}

/** The lock file of a training set, by name or path. */
function lockPathOf(context: StoreContext, nameOrPath: string): string {
  return nameOrPath.endsWith(".json") ? resolve(nameOrPath) : join(context.repo, `${nameOrPath}${lockSuffix}`);
}

async function freeLockPath(context: StoreContext, name: string): Promise<string> {
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
    throw new IcecoreError(
      "ARGUMENT_INVALID",
      `"${name}" is no name for a training set: use letters, digits, _, . and -`,
    );
  }
  const path = lockPathOf(context, name);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return path;
  throw new IcecoreError(
    "TRAINING_SET_EXISTS",
    `${path} is there already; choose another name, or reproduce it with icecore training-set reproduce ${name}`,
  );
}

async function attachSpineTables(context: StoreContext, session: Session, spine: RowInput, at: At): Promise<void> {
  if ("sql" in spine) await attachTables(session, spine.sql, at, findQueryTable(context));
}

function relativeInput(repo: string, input: RowInput): TrainingSetLock["spine"]["input"] {
  return "sql" in input ? { sql: input.sql } : { files: input.files.map((file) => relative(repo, resolve(file))) };
}

function absoluteInput(repo: string, input: TrainingSetLock["spine"]["input"]): RowInput {
  return "sql" in input ? input : { files: input.files.map((file) => resolve(repo, file)) };
}

/** The spine is needed to make the set again. */
function refuseOverwrite({ spine, out }: TrainingSetRequest): void {
  const files = "sql" in spine ? [] : spine.files;
  if (!files.some((file) => resolve(file) === resolve(out))) return;
  throw new IcecoreError(
    "ARGUMENT_INVALID",
    `--out ${out} is the spine itself, which is needed to make the set again; name another file`,
  );
}
