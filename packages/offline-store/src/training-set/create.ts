import type { FeatureRequest, FeatureSelection } from "@icecore/feature-registry";
import { identifierToString } from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import type { PinnedView } from "../retrieval/historical-features.ts";
import type { PointInTimePlan } from "../retrieval/point-in-time-plan.ts";
import type { RetrievalStep } from "../retrieval/run-plan.ts";
import { type BuiltTrainingSet, buildTrainingSet } from "./build.ts";
import { textDigest } from "./digest.ts";
import type { LockedView, TrainingSetLock } from "./lock.ts";
import { type SaveRequest, saveTable } from "./save-table.ts";
import { lockedSpineInput, type TrainingSetSpine } from "./spine-source.ts";
import { removeTags, tagSnapshots } from "./tag-snapshots.ts";

export interface CreateTrainingSetRequest {
  readonly name: string;
  readonly input: TrainingSetSpine;
  readonly selection: FeatureSelection;
  readonly registry: TrainingSetLock["registry"];
  readonly views: readonly PinnedView[];
  /** Leaves out what was created after a row's time: what nobody could have known then. Default: false. */
  readonly filterByCreatedTimestamp?: boolean | undefined;
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

/**
 * Joins a training set, writes it, and says in the lock what it was made of. The snapshots it reads are tagged before
 * they are read, so that no expiry can come between; where the catalog knows no tags, the lock says that they were not.
 */
export async function createTrainingSet(
  session: Session,
  request: CreateTrainingSetRequest,
): Promise<CreatedTrainingSet> {
  const tags = await tagSnapshots(request.name, request.views, request.input);
  try {
    return await buildTrainingSet(session, request, async (built) => {
      if (request.out !== undefined) await built.write(request.out, request);
      const saved = await saveRows(session, request, built);
      const lock = lockOf(request, built, await engineVersions(session), tags !== "unsupported");
      return { lock: { ...lock, ...saved }, plan: built.plan };
    });
  } catch (error) {
    if (tags !== "unsupported") await removeTags(tags);
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

function lockOf(
  request: CreateTrainingSetRequest,
  built: BuiltTrainingSet,
  engines: TrainingSetLock["engines"],
  isProtected: boolean,
): TrainingSetLock {
  const views = request.views.map((view) => lockView(view, built.plan));
  const { selection, filterByCreatedTimestamp = false } = request;
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
      input: lockedSpineInput(request.input),
      timestampColumn: built.spine.timestampColumn,
      rows: Number(built.spine.rows),
      digest: built.spine.digest,
    },
    views,
    filterByCreatedTimestamp,
    protected: isProtected,
    planDigest: planDigest({ views, spineDigest: built.spine.digest, filterByCreatedTimestamp }),
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
export function planDigest({ views, spineDigest, filterByCreatedTimestamp }: PlannedQuestion): string {
  const options = filterByCreatedTimestamp ? [{ filterByCreatedTimestamp }] : [];
  return textDigest(JSON.stringify([spineDigest, views, ...options]));
}

interface PlannedQuestion {
  readonly views: readonly LockedView[];
  readonly spineDigest: string;
  readonly filterByCreatedTimestamp: boolean;
}

/** The versions of what computes here. */
export async function engineVersions(session: Session): Promise<TrainingSetLock["engines"]> {
  const row = await session.row("SELECT version() AS version");
  return { icecore: icecoreVersion, duckdb: String(row["version"]) };
}

const icecoreVersion = "0.1.0";
