import { type Definitions, type FeatureRequest, resolveFeatures } from "@icecore/feature-registry";
import {
  isIcebergError,
  type Schema,
  type SnapshotId,
  schemaId,
  snapshotId,
  type Table,
} from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import type { PinnedView } from "../retrieval/historical-features.ts";
import type { PointInTimePlan } from "../retrieval/point-in-time-plan.ts";
import type { RetrievalStep } from "../retrieval/run-plan.ts";
import { type BuiltTrainingSet, buildTrainingSet } from "./build.ts";
import { engineVersions, lockedDefinition, planDigest } from "./create.ts";
import type { LockedView, TrainingSetLock } from "./lock.ts";
import { type LockedSpineInput, spineText, type TrainingSetSpine } from "./spine-source.ts";
import { spineTag, trainingSetTag } from "./tag-snapshots.ts";

export interface ReproduceRequest {
  readonly lock: TrainingSetLock;
  /** The definitions as of the registry's pinned snapshot. */
  readonly definitions: Definitions;
  readonly loadTable: (view: string) => Promise<Table>;
  /** The lock's spine, with paths that can be opened from here, and its table as it is now. */
  readonly input: SpineToPin;
  readonly out?: string | undefined;
  readonly rowsPerFile?: number | undefined;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
}

/** A spine whose table has yet to be found as it was. */
type SpineToPin = Exclude<TrainingSetSpine, { readonly table: Table }> | { readonly table: Table };

export interface ReproducedTrainingSet {
  readonly digest: string;
  readonly rows: bigint;
  readonly plan: PointInTimePlan;
}

/**
 * Makes a training set again from its lock, and proves that it is the same.
 * @throws OfflineStoreError `DIGEST_DIFFERS` that says what differs; nothing is written then
 */
export function reproduceTrainingSet(session: Session, request: ReproduceRequest): Promise<ReproducedTrainingSet> {
  return rebuildTrainingSet(session, request, async (built) => {
    if (request.out !== undefined) await built.write(request.out, request);
    return { digest: built.digest, rows: built.rows, plan: built.plan };
  });
}

/** Makes a training set again, proves that it is the same, and hands it to `use` while it is in DuckDB. */
export async function rebuildTrainingSet<T>(
  session: Session,
  request: Omit<ReproduceRequest, "out" | "rowsPerFile">,
  use: (built: BuiltTrainingSet) => Promise<T>,
): Promise<T> {
  const { lock, input, onStep } = request;
  refuseEdited(lock);
  const requests = resolveFeatures(request.definitions, lock.selection);
  const views = await Promise.all(requests.map((featureRequest) => pin(featureRequest, request)));
  const engines = await engineVersions(session);
  return buildTrainingSet(
    session,
    {
      input: pinSpine(lock, input),
      timestampColumn: lock.spine.timestampColumn,
      views,
      filterByCreatedTimestamp: lock.filterByCreatedTimestamp,
      onStep,
    },
    async (built) => {
      refuseDifference(lock, built, engines);
      return use(built);
    },
    (spineDigest) => refuseChangedSpine(lock, spineDigest),
  );
}

function refuseEdited(lock: TrainingSetLock): void {
  const { views, spine, filterByCreatedTimestamp } = lock;
  if (planDigest({ views, spineDigest: spine.digest, filterByCreatedTimestamp }) === lock.planDigest) return;
  throw new OfflineStoreError(
    "LOCK_INVALID",
    `the lock of "${lock.name}" was edited: its views and its spine are not those of its plan digest; restore it from version control`,
  );
}

async function pin(
  request: FeatureRequest,
  { lock, loadTable }: Pick<ReproduceRequest, "lock" | "loadTable">,
): Promise<PinnedView> {
  const locked = lock.views.find((view) => view.name === request.name);
  if (locked === undefined) {
    throw new OfflineStoreError(
      "LOCK_INVALID",
      `the lock of "${lock.name}" pins no snapshot for "${request.name}"; restore it from version control`,
    );
  }
  refuseOtherDefinition(lock, locked, request);
  const table = await loadTable(locked.view).catch((error) => {
    if (!isIcebergError(error, "TABLE_NOT_FOUND")) throw error;
    const message = `table ${locked.table} is gone, of which the training set "${lock.name}" was made; restore it with its history`;
    throw new OfflineStoreError("DIGEST_DIFFERS", message, { cause: error });
  });
  const pinned = pinnedSnapshot(lock, table, locked, trainingSetTag(lock.name));
  return { request, table, snapshotId: pinned, schema: pinnedSchema(table, locked) };
}

/** A table is found as it was, by what the lock says of it. */
function pinnedSnapshot(
  lock: TrainingSetLock,
  table: Table,
  locked: Pick<LockedView, "table" | "tableUuid" | "snapshotId">,
  tag: string,
): SnapshotId | undefined {
  if (table.metadata.tableUuid !== locked.tableUuid) {
    throw new OfflineStoreError(
      "DIGEST_DIFFERS",
      `table ${locked.table} is another one than the training set "${lock.name}" was made from: it was dropped and created again, and its history is gone`,
    );
  }
  if (locked.snapshotId === null) return undefined;
  const pinned = snapshotId(BigInt(locked.snapshotId));
  if (table.metadata.snapshots.some((snapshot) => snapshot.snapshotId === pinned)) return pinned;
  const why = lock.protected
    ? `, although the tag ${tag} should have kept it`
    : ": the catalog knows no tags that could have kept it";
  throw new OfflineStoreError(
    "DIGEST_DIFFERS",
    `snapshot ${pinned} of ${locked.table} has expired${why}; the training set "${lock.name}" cannot be made again`,
  );
}

function pinSpine(lock: TrainingSetLock, spine: SpineToPin): TrainingSetSpine {
  if (!("table" in spine)) return spine;
  const { input } = lock.spine;
  const snapshot = "table" in input ? pinnedSnapshot(lock, spine.table, input, spineTag(lock.name)) : undefined;
  if (snapshot !== undefined) return { table: spine.table, snapshotId: snapshot };
  throw new OfflineStoreError("LOCK_INVALID", `the lock of "${lock.name}" pins no table as its spine`);
}

/** The registry can have been made anew, with other definitions of the same version. */
function refuseOtherDefinition(lock: TrainingSetLock, locked: LockedView, request: FeatureRequest): void {
  const now = lockedDefinition(request);
  const differing = (Object.keys(now) as (keyof typeof now)[]).find(
    (part) => JSON.stringify(now[part]) !== JSON.stringify(locked[part]),
  );
  if (differing === undefined) return;
  throw new OfflineStoreError(
    "DIGEST_DIFFERS",
    `"${lock.name}" cannot be reproduced: version ${lock.registry.version} of the registry has another ${differing} of "${request.name}" (locked ${JSON.stringify(locked[differing])}, now ${JSON.stringify(now[differing])}); restore the registry's table`,
  );
}

function pinnedSchema(table: Table, locked: LockedView): Schema {
  const schema = table.metadata.schemas.find((candidate) => candidate.schemaId === schemaId(locked.schemaId));
  if (schema !== undefined) return schema;
  throw new OfflineStoreError(
    "DIGEST_DIFFERS",
    `${locked.table} has no schema ${locked.schemaId} any more, by which its columns were read; somebody removed it from the table's metadata`,
  );
}

function refuseChangedSpine(lock: TrainingSetLock, digest: string): void {
  if (digest === lock.spine.digest) return;
  throw new OfflineStoreError(
    "DIGEST_DIFFERS",
    `the spine of "${lock.name}" has changed (${rowsText(lock.spine.input)}); restore the rows it had`,
  );
}

function rowsText(input: LockedSpineInput): string {
  if ("files" in input) return input.files.join(", ");
  return "sql" in input ? "the query's result" : spineText(input);
}

function refuseDifference(lock: TrainingSetLock, built: BuiltTrainingSet, engines: TrainingSetLock["engines"]): void {
  const columns = differingColumns(lock, built);
  // The digest is of text, in which 1 is 1 whether it is a number or not.
  if (built.digest === lock.result.digest && columns.length === 0) return;
  const reasons = [
    ...(Number(built.rows) === lock.result.rows ? [] : [`${lock.result.rows} rows became ${built.rows}`]),
    ...columns,
    ...differingEngines(lock, engines),
  ];
  const why =
    reasons.length === 0 ? "values differ although snapshots, definitions and spine are the same" : reasons.join("; ");
  throw new OfflineStoreError(
    "DIGEST_DIFFERS",
    `"${lock.name}" cannot be reproduced: ${why} (locked ${lock.result.digest}, now ${built.digest})`,
  );
}

function differingColumns(lock: TrainingSetLock, built: BuiltTrainingSet): readonly string[] {
  const text = (columns: readonly { readonly name: string; readonly type: string }[]) =>
    columns.map((column) => `${column.name} ${column.type}`).join(", ");
  const [before, now] = [text(lock.result.columns), text(built.columns)];
  return before === now ? [] : [`columns (${before}) became (${now})`];
}

function differingEngines({ engines: locked }: TrainingSetLock, now: TrainingSetLock["engines"]): readonly string[] {
  const text = ({ icecore, duckdb }: TrainingSetLock["engines"]) => `icecore ${icecore} with DuckDB ${duckdb}`;
  return text(locked) === text(now) ? [] : [`it was made by ${text(locked)}, and this is ${text(now)}`];
}
