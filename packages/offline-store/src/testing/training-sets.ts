import { type FeatureView, noDefinitions, resolveFeatures } from "@icecore/feature-registry";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { type CreatedTrainingSet, type CreateTrainingSetRequest, createTrainingSet } from "../training-set/create.ts";
import type { TrainingSetLock } from "../training-set/lock.ts";
import { type ReproducedTrainingSet, type ReproduceRequest, reproduceTrainingSet } from "../training-set/reproduce.ts";
import { lockedEntities } from "../training-set/spine-source.ts";
import type { TestProject } from "./test-project.ts";

interface Made extends Pick<CreateTrainingSetRequest, "filterByCreatedTimestamp"> {
  readonly name?: string;
  readonly session?: Session;
  readonly out?: string;
}

const definitionsOf = (view: FeatureView) => ({ ...noDefinitions, featureViews: [view], featureServices: [] });

/** All features of a view for a spine, with a lock. */
export async function create(
  opened: TestProject,
  view: FeatureView,
  input: CreateTrainingSetRequest["input"],
  made: Made = {},
): Promise<CreatedTrainingSet> {
  const selection = { features: view.features.map((feature) => `${view.name}:${feature.name}`) };
  const requests = resolveFeatures(definitionsOf(view), selection);
  const table = await opened.table(view);
  return createTrainingSet(made.session ?? opened.session, {
    name: made.name ?? "set",
    input,
    filterByCreatedTimestamp: made.filterByCreatedTimestamp,
    selection,
    registry: { namespace: "test", snapshotId: "1", version: 1 },
    views: requests.map((request) => ({ request, table, snapshotId: table.currentSnapshot()?.snapshotId })),
    out: made.out ?? opened.path("set.parquet"),
    createdAt: new Date(0),
  });
}

/** Makes it again, with the view as it was at the locked version of the registry. */
export function reproduce(
  { project, session }: Pick<TestProject, "project" | "session">,
  view: FeatureView,
  lock: TrainingSetLock,
  made: Made & { readonly input?: ReproduceRequest["input"] } = {},
): Promise<ReproducedTrainingSet> {
  return reproduceTrainingSet(made.session ?? session, {
    lock,
    definitions: definitionsOf(view),
    loadTable: (name) => project.loadTable(name),
    input: made.input ?? inputOf(lock),
    out: made.out,
  });
}

function inputOf({ spine: { input } }: TrainingSetLock): ReproduceRequest["input"] {
  if ("entities" in input) return { entities: lockedEntities(input) };
  if ("table" in input) throw new Error("give the table");
  return input;
}

/** Expires every snapshot of a view's table that no ref needs, as maintenance does; the tag is removed first. */
export async function expireSnapshots(
  { project }: Pick<TestProject, "project">,
  view: FeatureView,
  tag?: string,
): Promise<void> {
  const table = await project.loadTable(view.name);
  const untagged = tag === undefined ? table : await table.newTransaction().removeRef(tag).commit();
  const { snapshots, refs } = untagged.metadata;
  const kept = new Set(Object.values(refs).map((ref) => ref.snapshotId));
  const snapshotIds = snapshots.map((snapshot) => snapshot.snapshotId).filter((id) => !kept.has(id));
  await table.catalog.updateTable(table.identifier, {
    requirements: [],
    updates: [{ action: "remove-snapshots", snapshotIds }],
  });
}
