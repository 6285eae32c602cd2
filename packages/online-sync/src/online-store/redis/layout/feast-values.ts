import type { FeatureView } from "@icecore/feature-registry";
import type { BatchColumn } from "../../../arrow/batch-column.ts";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import type { ByteWriter } from "../../../codec/byte-writer.ts";
import { createdField, featureField, timestampField } from "../../../codec/feature-field.ts";
import { featureValueWriter } from "../../../codec/feature-value.ts";
import { writeTimestampWords } from "../../../codec/timestamp.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import { valueType } from "../../../codec/value-type.ts";

/** The fields of a view's rows in Feast's layout: the event timestamp, what is kept beside it about the created one, and the features. */
export function feastFields(view: FeatureView): readonly Buffer[] {
  const features = view.features.map((feature) => featureField(view.name, feature.name));
  return [timestampField(view.name), createdField(view.name), ...features];
}

/** The values of {@link feastFields}: first those of the timestamps. */
export function feastTimes({ event, created }: ViewBatch): readonly [RowWriter, RowWriter] {
  return [
    (out, row) => timestamp(out, event, row),
    (out, row) => {
      timestamp(out, event, row);
      if (created.valid(row)) timestamp(out, created, row);
    },
  ];
}

/** Then those of the features. */
export function feastFeatures(view: FeatureView, { features }: ViewBatch): readonly RowWriter[] {
  return view.features.map((feature, i) => featureValueWriter(valueType(feature), features[i] as BatchColumn));
}

function timestamp(out: ByteWriter, { words }: BatchColumn, row: number): void {
  writeTimestampWords(out, words[row * 2] as number, words[row * 2 + 1] as number);
}
