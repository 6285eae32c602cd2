import type { FeatureView } from "@icecore/feature-registry";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { createdField, featureField, timestampField } from "../../../codec/feature-field.ts";
import { remembered } from "../../../codec/remembered.ts";
import { feastKeyForm } from "../../../codec/store-key.ts";
import { writeTimestamp } from "../../../codec/timestamp.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import { writeFeastRowsScript } from "../scripts/write-feast-rows.ts";
import type { Argument } from "../wire/command-writer.ts";
import { feastFeatures, feastFields, feastTimes } from "./feast-values.ts";
import { feastInserts } from "./insert-feast-rows.ts";
import { readFeastRows } from "./read-feast-rows.ts";
import type { RedisLayout, WriteTerms } from "./redis-layout.ts";

/** Feast's layout, byte for byte: Feast reads what this writes, and the other way round. */
export function feastLayout(project: string, partitioned: boolean): RedisLayout {
  const keyForm = remembered(({ joinKeys }: FeatureView) => feastKeyForm(joinKeys, project));
  return {
    space: `view:${project}`,
    writeScript: writeFeastRowsScript(partitioned),
    rowsAs: "text",
    keyForm,
    rowWriter,
    inserts: (view, batch, expiry) => feastInserts(keyForm(view), view, batch, expiry),
    writeArguments,
    announce: async () => {},
    read: (servers, requests) => readFeastRows(servers, keyForm, requests),
    probe: (view, key) => ["HEXISTS", key, timestampField(view.name)],
    remove: (view, key, formerFeatures) => {
      const features = view.features.map((feature) => feature.name);
      const fields = [...new Set([...features, ...formerFeatures])].map((name) => featureField(view.name, name));
      return ["HDEL", key, timestampField(view.name), createdField(view.name), ...fields];
    },
  };
}

function rowWriter(view: FeatureView, batch: ViewBatch): RowWriter {
  const parts = [...feastTimes(batch), ...feastFeatures(view, batch)];
  return (out, row) => {
    for (const part of parts) {
      const start = out.beginU32();
      part(out, row);
      out.endU32(start);
    }
  };
}

function writeArguments(view: FeatureView, { correction, formerFeatures, keyTtlSeconds }: WriteTerms): Argument[] {
  const [event, created, ...features] = feastFields(view) as readonly [Buffer, Buffer, ...Buffer[]];
  const correctedTo = new ByteWriter();
  if (correction !== undefined) writeTimestamp(correctedTo, correction.createdUpTo);
  return [
    correction === undefined ? "none" : correctedTo.view(),
    view.ttlSeconds ?? 0,
    keyTtlSeconds ?? 0,
    event,
    created,
    view.features.length,
    ...features,
    ...formerFeatures.map((name) => featureField(view.name, name)),
  ];
}
