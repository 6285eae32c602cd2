import type { FeatureView } from "@icecore/feature-registry";
import { batchColumn } from "../arrow/batch-column.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { featureValueWriter } from "../codec/feature-value.ts";
import { type ValueKind, valueType } from "../codec/value-type.ts";
import { featureBatch } from "./feature-batch.ts";
import { driverStats } from "./views.ts";

/** A value, as Arrow takes it, in Feast's bytes. */
export function encodeValue(kind: ValueKind, value: unknown, isList = false): Buffer {
  const name = kind === "decimal" ? "decimal(9, 2)" : kind;
  const feature = { name: "value", type: isList ? `list<${name}>` : name };
  const view: FeatureView = { ...driverStats, features: [feature] };
  const batch = featureBatch(view, [{ driver_id: 1n, event_timestamp: 1n, value }]);
  const out = new ByteWriter();
  featureValueWriter(valueType(feature), batchColumn(batch, "value", valueType(feature)))(out, 0);
  return out.view();
}
