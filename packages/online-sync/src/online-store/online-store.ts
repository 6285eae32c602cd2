import type { Feature, FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import type { EntityKey } from "../codec/entity-key.ts";
import type { FeatureCell } from "../codec/feature-value.ts";
import type { TimestampMicros } from "../codec/timestamp.ts";

/** The latest row of every entity, per feature view of one project. Views belong to the project the store was opened for. */
export interface OnlineStore extends AsyncDisposable {
  /**
   * Writes rows. Of the rows of an entity the one with the latest event timestamp stays, and among equals the one
   * created last; the store compares and replaces in one step, so that writers may race and batches may be repeated.
   *
   * The batch has columns for the view's join keys, its features, its timestamp field and its created timestamp
   * column (both timestamps in microseconds UTC; a null created timestamp counts as 1970-01-01).
   * @throws OnlineStoreError `BATCH_INVALID` when it has not; `STORE_*` when the store fails, with any part written
   */
  write(view: FeatureView, batch: RecordBatch): Promise<WriteCount>;

  /** Reads features of entities, for all requests in one round trip. Time to live is not looked at here. */
  read(requests: readonly ReadRequest[]): Promise<readonly ReadResult[]>;

  /** Resolves when the store answers. @throws OnlineStoreError `STORE_*` */
  ping(): Promise<void>;

  /** Forgets a view's rows of these entities. */
  delete(view: FeatureView, keys: readonly EntityKey[]): Promise<void>;

  /** Forgets all rows of a view, and its watermark. */
  dropView(view: FeatureView): Promise<void>;

  /**
   * The snapshot whose rows the store holds. Undefined when none was saved, or when the view's definition has changed
   * since in a way that its rows show (features, types, defaults, join keys, ttl): then it is to be materialized in full.
   */
  loadWatermark(view: FeatureView): Promise<SnapshotId | undefined>;

  /** Says that the rows of a snapshot are written. Kept beside the rows: who loses these loses the watermark, too. */
  saveWatermark(view: FeatureView, snapshotId: SnapshotId): Promise<void>;
}

export interface WriteCount {
  readonly written: number;
  /** Rows older than what the store holds, and rows without an event timestamp or with a null join key. */
  readonly skipped: number;
}

export interface ReadRequest {
  readonly view: FeatureView;
  readonly features: readonly Feature[];
  /** One per row of the answer; undefined: an entity that cannot exist. */
  readonly keys: readonly (EntityKey | undefined)[];
}

/** The answer to a {@link ReadRequest}, by column. */
export interface ReadResult {
  /** By row: when the row happened; undefined when the store has none. */
  readonly eventTimestamps: readonly (TimestampMicros | undefined)[];
  /** By feature, then by row; undefined when the row has no such feature. */
  readonly columns: readonly (readonly (FeatureCell | null | undefined)[])[];
}
