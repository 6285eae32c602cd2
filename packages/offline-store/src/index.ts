export { OfflineStoreError, type OfflineStoreErrorCode } from "./errors.ts";
export { type IngestMode, type IngestRequest, ingest } from "./ingest/ingest.ts";
export type { IngestResult } from "./ingest/ingest-result.ts";
export { openPushedRows, type PushedRows, type PushRequest } from "./ingest/pushed-rows.ts";
export { entitiesWithoutRow } from "./pull/entities-without-row.ts";
export { type Pull, type PullOfChanges, type PullOfEverything, pullRows } from "./pull/pull.ts";
export { type EventWindow, pullWindow } from "./pull/pull-window.ts";
export type { PulledRows } from "./pull/pulled-rows.ts";
export { type EntitySample, sampleEntities } from "./pull/sample-entities.ts";
export { type AttachedTable, attachTables, type FindTable } from "./query/attach-tables.ts";
export { Deadline } from "./query/deadline.ts";
export { type SelectDatabase, selectDatabase } from "./query/kysely/select-database.ts";
export type { TablesOf } from "./query/kysely/tables.ts";
export type { QueryTable } from "./query/pin-tables.ts";
export {
  type OpenQuery,
  openQuery,
  type PreparedQuery,
  type QueryLimits,
  type QueryRequest,
  runQuery,
} from "./query/query.ts";
export { isOrdered } from "./query/sql-tree.ts";
export type { JoinStrategy } from "./retrieval/choose-strategy.ts";
export { loadEntitySpine, type SpineEntities } from "./retrieval/entity-spine.ts";
export { explainPlan } from "./retrieval/explain-plan.ts";
export { type PinnedView, planHistoricalFeatures, type RetrievalJob } from "./retrieval/historical-features.ts";
export type { PlanOptions, PointInTimePlan, ViewPlan } from "./retrieval/point-in-time-plan.ts";
export type { RetrievalStep } from "./retrieval/run-plan.ts";
export type { SlotSet } from "./retrieval/slot-set.ts";
export { loadSpine, type Spine, type SpineOptions, stringKeyColumns } from "./retrieval/spine.ts";
export type { SpineInput, TableInput } from "./retrieval/spine-input.ts";
export { featureDefaults } from "./source/feature-defaults.ts";
export { type At, latest, pinSnapshot, refuseUnreadViews } from "./source/pin.ts";
export { compareRows, type RowDifferences } from "./training-set/compare-rows.ts";
export { type CreatedTrainingSet, createTrainingSet } from "./training-set/create.ts";
export { diffLocks, type LockDifference } from "./training-set/diff-locks.ts";
export { contentDigest } from "./training-set/digest.ts";
export { readLock, type TrainingSetLock, writeLock } from "./training-set/lock.ts";
export { type ReproducedTrainingSet, rebuildTrainingSet, reproduceTrainingSet } from "./training-set/reproduce.ts";
export {
  type LockedSpineInput,
  lockedEntities,
  spineText,
  type TrainingSetSpine,
} from "./training-set/spine-source.ts";
export { spineTag, trainingSetTag } from "./training-set/tag-snapshots.ts";
