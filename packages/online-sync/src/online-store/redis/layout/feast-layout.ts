import type { FeatureView } from "@icecore/feature-registry";
import type { BatchColumn } from "../../../arrow/batch-column.ts";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { createdField, featureField, timestampField } from "../../../codec/feature-field.ts";
import { featureValueWriter } from "../../../codec/feature-value.ts";
import { feastKeyForm } from "../../../codec/store-key.ts";
import { writeTimestamp, writeTimestampWords } from "../../../codec/timestamp.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import { valueType } from "../../../codec/value-type.ts";
import { writeFeastRowsScript } from "../scripts/write-feast-rows.ts";
import type { Argument } from "../wire/command-writer.ts";
import { readFeastRows } from "./read-feast-rows.ts";
import type { RedisLayout, WriteTerms } from "./redis-layout.ts";

/** Feast's layout, byte for byte: Feast reads what this writes, and the other way round. */
export function feastLayout(project: string): RedisLayout {
  return {
    space: `view:${project}`,
    writeScript: writeFeastRowsScript,
    rowsAs: "text",
    keyForm: (view) => feastKeyForm(view.joinKeys, project),
    rowWriter,
    writeArguments,
    announce: async () => {},
    read: (servers, requests) => readFeastRows(servers, project, requests),
    probe: (view, key) => ["HEXISTS", key, timestampField(view.name)],
    remove: (view, key, formerFeatures) => {
      const features = view.features.map((feature) => feature.name);
      const fields = [...new Set([...features, ...formerFeatures])].map((name) => featureField(view.name, name));
      return ["HDEL", key, timestampField(view.name), createdField(view.name), ...fields];
    },
  };
}

function rowWriter(view: FeatureView, { event, created, features }: ViewBatch): RowWriter {
  const parts: RowWriter[] = [
    (out, row) => timestamp(out, event, row),
    (out, row) => {
      timestamp(out, event, row);
      if (created.valid(row)) timestamp(out, created, row);
    },
    ...view.features.map((feature, i) => featureValueWriter(valueType(feature), features[i] as BatchColumn)),
  ];
  return (out, row) => {
    for (const part of parts) {
      const start = out.beginU32();
      part(out, row);
      out.endU32(start);
    }
  };
}

function timestamp(out: ByteWriter, { values }: BatchColumn, row: number): void {
  writeTimestampWords(out, values[row * 2] as number, values[row * 2 + 1] as number);
}

function writeArguments(view: FeatureView, { correction, formerFeatures, keyTtlSeconds }: WriteTerms): Argument[] {
  const correctedTo = new ByteWriter();
  if (correction !== undefined) writeTimestamp(correctedTo, correction.createdUpTo);
  return [
    correction === undefined ? "none" : correctedTo.view(),
    view.ttlSeconds ?? 0,
    keyTtlSeconds ?? 0,
    timestampField(view.name),
    createdField(view.name),
    view.features.length,
    ...view.features.map((feature) => featureField(view.name, feature.name)),
    ...formerFeatures.map((name) => featureField(view.name, name)),
  ];
}
