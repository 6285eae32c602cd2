import type { Feature, FeatureView } from "@icecore/feature-registry";
import type { SnapshotId } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import type { EntityKey } from "../codec/entity-key.ts";
import type { FeatureCell } from "../codec/feature-cell.ts";
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

  /**
   * Begins to bring the store up to a snapshot of a view. There is one run at a time for a view; one whose holder has
   * died ends by itself within seconds, and at once when it died on this machine.
   * @throws OnlineStoreError `MATERIALIZATION_RUNNING` while another one lives; says who, and since when
   */
  beginRun(view: FeatureView): Promise<MaterializationRun>;

  /** What the store holds of a view; undefined when it was never materialized here. */
  loadWatermark(view: FeatureView): Promise<Watermark | undefined>;

  /**
   * The entities that the store holds a row of the view for: batches of their join keys, of bounded size. An entity
   * whose row is written meanwhile may come or not; one may come twice.
   */
  entities(view: FeatureView): AsyncIterable<RecordBatch>;

  /** Forgets all rows of a view, and its watermark. A run that is under way is lost. */
  dropView(view: FeatureView): Promise<void>;

  /** Resolves when the store answers. @throws OnlineStoreError `STORE_*` */
  ping(): Promise<void>;
}

/** Kept beside the rows: who loses these loses the watermark, too. */
export interface Watermark {
  /**
   * The snapshot whose rows the store holds. Undefined when a first run was begun and not finished, or when the view has
   * changed since in a way that its rows show (features, types, defaults, join keys, ttl): the next run has to write all
   * rows, and to clear what it does not find.
   */
  readonly snapshotId: SnapshotId | undefined;
  /** Snapshots of which the store may hold some rows besides: runs that wrote them did not finish. Absent where there are none. */
  readonly begun?: readonly SnapshotId[];
}

/** The right to materialize a view. Disposed of before it is finished, it gives the view free, and the watermark stays. */
export interface MaterializationRun extends AsyncDisposable {
  /** As it was when the run began. */
  readonly watermark: Watermark | undefined;

  /**
   * Writes rows as {@link OnlineStore.write} does; or corrections, which name an entity at most once in a batch.
   * @throws OnlineStoreError `RUN_LOST` when the view is no longer this run's
   */
  write(batch: RecordBatch, correction?: Correction): Promise<WriteCount>;

  /** Says which snapshot's rows are about to be written, so that what an unfinished run leaves of them is known. */
  aim(snapshotId: SnapshotId): Promise<void>;

  /**
   * Says that the rows of a snapshot are written: moves the watermark there, and ends the run.
   * @throws OnlineStoreError `RUN_LOST` when the store may have lost some of them since the run began, because it was
   * restarted or failed over, or the view is no longer this run's: the watermark stays, and a next run repeats this one
   *
   * Without a snapshot, it says that the rows are of no single one: the next run has to write all.
   */
  finish(snapshotId: SnapshotId | undefined): Promise<void>;
}

/**
 * Rows that are right whatever their age: they replace a stored row that was created at `createdUpTo` or before (one
 * without created timestamp was created in 1970), and where their event timestamp is null there is no such entity, and
 * the stored row goes. For a row that was created later, which was pushed, the newest wins as ever.
 */
export interface Correction {
  readonly createdUpTo: TimestampMicros;
}

export interface WriteCount {
  readonly written: number;
  /** Rows of corrections that removed a stored row. */
  readonly deleted: number;
  /** All other rows: older than what the store holds, without an event timestamp, or with a null join key. */
  readonly skipped: number;
}

export interface ReadRequest {
  readonly view: FeatureView;
  /** Of the view; an array that is given again is not looked at again. */
  readonly features: readonly Feature[];
  /** One per row of the answer; undefined: an entity that cannot exist. */
  readonly keys: readonly (EntityKey | undefined)[];
  /** Whether the answer is to say when rows were created, too. */
  readonly created?: boolean;
}

/** The answer to a {@link ReadRequest}, by column. */
export interface ReadResult {
  /** By row: when the row happened; undefined when the store has none. */
  readonly eventTimestamps: readonly (TimestampMicros | undefined)[];
  /** By row, when that was asked for: when it was created; 0 when nobody knows. */
  readonly createdTimestamps: readonly (TimestampMicros | undefined)[];
  /** By feature, then by row; undefined when the row has no such feature. */
  readonly columns: readonly (readonly (FeatureCell | null | undefined)[])[];
}
