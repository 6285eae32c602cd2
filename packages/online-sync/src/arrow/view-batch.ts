import type { FeatureView } from "@icecore/feature-registry";
import type { RecordBatch } from "apache-arrow";
import { valueType } from "../codec/value-type.ts";
import { type BatchColumn, batchColumn } from "./batch-column.ts";

/** The columns of a batch that are a view's. */
export interface ViewBatch {
  readonly rowCount: number;
  readonly joinKeys: readonly BatchColumn[];
  readonly event: BatchColumn;
  readonly created: BatchColumn;
  readonly features: readonly BatchColumn[];
}

/** @throws OnlineStoreError `BATCH_INVALID` when columns are missing or of other types than the view's */
export function viewBatch(view: FeatureView, batch: RecordBatch): ViewBatch {
  const timestamps = { kind: "timestamptz", scale: 0 } as const;
  return {
    rowCount: batch.numRows,
    joinKeys: view.joinKeys.map((key) => batchColumn(batch, key.name, valueType(key))),
    event: batchColumn(batch, view.timestampField, timestamps),
    created: batchColumn(batch, view.createdTimestampColumn, timestamps),
    features: view.features.map((feature) => batchColumn(batch, feature.name, valueType(feature))),
  };
}
