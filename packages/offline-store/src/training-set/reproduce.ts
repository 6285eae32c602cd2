import { type Definitions, type FeatureRequest, resolveFeatures } from "@icecore/feature-registry";
import { type Schema, schemaId, snapshotId, type Table } from "@icecore/iceberg-catalog";
import type { RowInput, Session } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import type { PinnedView } from "../retrieval/historical-features.ts";
import type { PointInTimePlan } from "../retrieval/point-in-time-plan.ts";
import type { RetrievalStep } from "../retrieval/run-plan.ts";
import { type BuiltTrainingSet, buildTrainingSet } from "./build.ts";
import { planDigest, trainingSetTag } from "./create.ts";
import type { LockedView, TrainingSetLock } from "./lock.ts";

export interface ReproduceRequest {
  readonly lock: TrainingSetLock;
  /** The definitions as of the registry's pinned snapshot. */
  readonly definitions: Definitions;
  readonly loadTable: (view: string) => Promise<Table>;
  /** The lock's spine, with paths that can be opened from here. */
  readonly input: RowInput;
  readonly out?: string | undefined;
  readonly onStep?: ((step: RetrievalStep) => void) | undefined;
}

export interface ReproducedTrainingSet {
  readonly digest: string;
  readonly rows: bigint;
  readonly plan: PointInTimePlan;
}

/**
 * Makes a training set again from its lock, and proves that it is the same.
 * @throws OfflineStoreError `DIGEST_DIFFERS` that says what differs; nothing is written then
 */
export async function reproduceTrainingSet(
  session: Session,
  request: ReproduceRequest,
): Promise<ReproducedTrainingSet> {
  const { lock } = request;
  refuseEdited(lock);
  const requests = resolveFeatures(request.definitions, lock.selection);
  const views = await Promise.all(requests.map((featureRequest) => pin(featureRequest, request)));
  const build = { input: request.input, timestampColumn: lock.spine.timestampColumn, views, onStep: request.onStep };
  return buildTrainingSet(
    session,
    build,
    async (built) => {
      refuseDifference(lock, built);
      if (request.out !== undefined) await built.write(request.out);
      return { digest: built.digest, rows: built.rows, plan: built.plan };
    },
    (spineDigest) => refuseChangedSpine(lock, spineDigest),
  );
}

function refuseEdited(lock: TrainingSetLock): void {
  if (planDigest(lock.views, lock.spine.digest) === lock.planDigest) return;
  throw new OfflineStoreError(
    "LOCK_INVALID",
    `the lock of "${lock.name}" was edited: its views and its spine are not those of its plan digest; restore it from version control`,
  );
}

async function pin(request: FeatureRequest, { lock, loadTable }: ReproduceRequest): Promise<PinnedView> {
  const locked = lock.views.find((view) => view.name === request.name);
  if (locked === undefined) {
    throw new OfflineStoreError(
      "LOCK_INVALID",
      `the lock of "${lock.name}" pins no snapshot for "${request.name}"; restore it from version control`,
    );
  }
  const table = await loadTable(locked.view);
  if (table.metadata.tableUuid !== locked.tableUuid) {
    throw new OfflineStoreError(
      "DIGEST_DIFFERS",
      `table ${locked.table} is another one than the training set "${lock.name}" was made from: it was dropped and created again, and its history is gone`,
    );
  }
  const pinned = locked.snapshotId === null ? undefined : snapshotId(BigInt(locked.snapshotId));
  if (pinned !== undefined && !table.metadata.snapshots.some((snapshot) => snapshot.snapshotId === pinned)) {
    throw new OfflineStoreError(
      "DIGEST_DIFFERS",
      `snapshot ${pinned} of ${locked.table} has expired, although the tag ${trainingSetTag(lock.name)} should have kept it; the training set "${lock.name}" cannot be made again`,
    );
  }
  return { request, table, snapshotId: pinned, schema: pinnedSchema(table, locked) };
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
  const input = "sql" in lock.spine.input ? "the query's result" : lock.spine.input.files.join(", ");
  throw new OfflineStoreError(
    "DIGEST_DIFFERS",
    `the spine of "${lock.name}" has changed (${input}); restore the rows it had`,
  );
}

function refuseDifference(lock: TrainingSetLock, built: BuiltTrainingSet): void {
  if (built.digest === lock.result.digest) return;
  const reasons = [
    ...(Number(built.rows) === lock.result.rows ? [] : [`${lock.result.rows} rows became ${built.rows}`]),
    ...differingColumns(lock, built),
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
