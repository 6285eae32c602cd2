export { decimalText } from "./arrow/decimal-text.ts";
export { type EntityKey, encodeEntityKeys, type KeyValue } from "./codec/entity-key.ts";
export type { FeatureCell } from "./codec/feature-cell.ts";
export type { TimestampMicros } from "./codec/timestamp.ts";
export { OnlineStoreError, type OnlineStoreErrorCode } from "./errors.ts";
export {
  type MaterializeMode,
  type MaterializeProgress,
  type MaterializeRequest,
  type MaterializeSummary,
  type MaterializeWindowRequest,
  materialize,
  materializeWindow,
} from "./materialize/materialize.ts";
export {
  type MigrateProgress,
  type MigrateRequest,
  type MigrateSummary,
  migrateView,
} from "./migrate/migrate-view.ts";
export { type EmbeddedStoreOptions, openEmbeddedStore } from "./online-store/embedded/embedded-online-store.ts";
export type {
  Correction,
  MaterializationRun,
  OnlineStore,
  ReadRequest,
  ReadResult,
  Watermark,
  WriteCount,
} from "./online-store/online-store.ts";
export { inspectRedis, type RedisServer } from "./online-store/redis/inspect-redis.ts";
export type { RedisType } from "./online-store/redis/open-servers.ts";
export {
  openRedisStore,
  type RedisLayoutName,
  type RedisStoreOptions,
} from "./online-store/redis/redis-online-store.ts";
export type { EntityRows } from "./retrieval/entity-rows.ts";
export {
  type FieldStatus,
  type OnlineFeatureColumn,
  type OnlineFeatures,
  readOnlineFeatures,
} from "./retrieval/online-features.ts";
export {
  type Difference,
  type Verdict,
  type VerdictCounts,
  type VerifiedRows,
  type VerifyRequest,
  verdicts,
  verifyRows,
} from "./verify/verify-rows.ts";
