import type { FeatureRequest, FeatureSelection } from "@icecore/feature-registry";
import { identifierToString, isIcebergError, type SnapshotId, type Table } from "@icecore/iceberg-catalog";
import type { RowInput, Session } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import type { PinnedView } from "../retrieval/historical-features.ts";
import type { PointInTimePlan } from "../retrieval/point-in-time-plan.ts";
import type { RetrievalStep } from "../retrieval/run-plan.ts";
import { type BuiltTrainingSet, buildTrainingSet } from "./build.ts";
import { textDigest } from "./digest.ts";
import type { LockedView, TrainingSetLock } from "./lock.ts";
import { type SaveRequest, saveTable } from "./save-table.ts";

export interface CreateTrainingSetRequest {
  readonly name: string;
  readonly input: RowInput;
  readonly selection: FeatureSelection;
  readonly registry: TrainingSetLock["registry"];
  readonly views: readonly PinnedView[];
  /** Where the rows go: a file, whose name says the format, or, ending in `/`, a directory of Parquet files. */
  readonly out?: string | undefined;
  readonly rowsPerFile?: number | undefined;
  /** The Iceberg table that the rows are saved as, too. */
  readonly table?: Pick<SaveRequest, "project" | "name"> | undefined;
  readonly createdAt: Date;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
}

export interface CreatedTrainingSet {
  readonly lock: TrainingSetLock;
  readonly plan: PointInTimePlan;
}

/** The Iceberg tag that keeps a training set's snapshots from expiring. */
export const trainingSetTag = (name: string) => `training-set-${name}`;

/**
 * Joins a training set, writes it, and says in the lock what it was made of. The snapshots it reads are tagged before
 * they are read, so that no expiry can come between.
 */
export async function createTrainingSet(
  session: Session,
  request: CreateTrainingSetRequest,
): Promise<CreatedTrainingSet> {
  const tagged = await tagSnapshots(request);
  try {
    return await buildTrainingSet(session, request, async (built) => {
      if (request.out !== undefined) await built.write(request.out, request);
      const saved = await saveRows(session, request, built);
      return { lock: { ...lockOf(request, built, await engineVersions(session)), ...saved }, plan: built.plan };
    });
  } catch (error) {
    await untag(tagged, request.name);
    throw error;
  }
}

async function saveRows(
  session: Session,
  { name, table: target }: CreateTrainingSetRequest,
  built: BuiltTrainingSet,
): Promise<Pick<TrainingSetLock, "table">> {
  if (target === undefined) return {};
  const properties = {
    comment: `The rows of training set ${name}.`,
    "icecore.training-set": name,
    "icecore.digest": built.digest,
  };
  const table = await saveTable(session, built, { ...target, properties });
  const snapshotId = table.currentSnapshot()?.snapshotId;
  return {
    table: {
      name: identifierToString(table.identifier),
      uuid: table.metadata.tableUuid,
      snapshotId: snapshotId === undefined ? null : String(snapshotId),
    },
  };
}

async function tagSnapshots({ name, views }: CreateTrainingSetRequest): Promise<readonly Table[]> {
  const tables = new Map(views.map((view) => [identifierToString(view.table.identifier), view]));
  const tagged: Table[] = [];
  try {
    for (const { table, snapshotId } of tables.values()) {
      if (snapshotId !== undefined) tagged.push(await tag(table, name, snapshotId));
    }
  } catch (error) {
    await untag(tagged, name);
    throw error;
  }
  return tagged;
}

async function tag(table: Table, name: string, snapshotId: SnapshotId): Promise<Table> {
  try {
    return await table.newTransaction().createTag(trainingSetTag(name), snapshotId).commit();
  } catch (error) {
    if (!isIcebergError(error, "ALREADY_EXISTS")) throw error;
    throw new OfflineStoreError(
      "OUTPUT_EXISTS",
      `a training set "${name}" was made from ${identifierToString(table.identifier)} before; choose another name, or run icecore training-set remove ${name}`,
      { cause: error },
    );
  }
}

async function untag(tables: readonly Table[], name: string): Promise<void> {
  for (const table of tables) await table.newTransaction().removeRef(trainingSetTag(name)).commit();
}

function lockOf(
  request: CreateTrainingSetRequest,
  built: BuiltTrainingSet,
  engines: TrainingSetLock["engines"],
): TrainingSetLock {
  const views = request.views.map((view) => lockView(view, built.plan));
  const { selection } = request;
  const fullFeatureNames = selection.fullFeatureNames ?? false;
  return {
    format: "icecore-training-set/1",
    name: request.name,
    createdAt: request.createdAt.toISOString(),
    registry: request.registry,
    selection:
      "service" in selection
        ? { service: selection.service, fullFeatureNames }
        : { features: [...selection.features], fullFeatureNames },
    spine: {
      input: "sql" in request.input ? { sql: request.input.sql } : { files: [...request.input.files] },
      timestampColumn: built.spine.timestampColumn,
      rows: Number(built.spine.rows),
      digest: built.spine.digest,
    },
    views,
    planDigest: planDigest(views, built.spine.digest),
    result: {
      rows: Number(built.rows),
      columns: built.columns.map(({ name, type }) => ({ name, type })),
      digest: built.digest,
    },
    engines,
  };
}

function lockView({ request, table, snapshotId }: PinnedView, plan: PointInTimePlan): LockedView {
  const schema = plan.views.find((view) => view.request === request)?.schema ?? table.schema;
  return {
    view: request.view.name,
    name: request.name,
    table: identifierToString(table.identifier),
    tableUuid: table.metadata.tableUuid,
    snapshotId: snapshotId === undefined ? null : String(snapshotId),
    schemaId: schema.schemaId,
    ...lockedDefinition(request),
  };
}

/** What the lock keeps of a view's definition. */
export function lockedDefinition(request: FeatureRequest): Pick<LockedView, "ttlSeconds" | "keyColumns" | "features"> {
  return {
    ttlSeconds: request.view.ttlSeconds ?? null,
    keyColumns: [...request.keyColumns],
    features: request.features.map(({ feature, output }) => ({ feature: feature.name, output })),
  };
}

/** Identifies what was computed, apart from how: equal digests mean the same question to the same snapshots. */
export function planDigest(views: readonly LockedView[], spineDigest: string): string {
  return textDigest(JSON.stringify([spineDigest, views]));
}

/** The versions of what computes here. */
export async function engineVersions(session: Session): Promise<TrainingSetLock["engines"]> {
  const row = await session.row("SELECT version() AS version");
  return { icecore: icecoreVersion, duckdb: String(row["version"]) };
}

const icecoreVersion = "0.1.0";
