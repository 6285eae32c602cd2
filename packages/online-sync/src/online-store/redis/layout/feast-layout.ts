import type { FeatureView } from "@icecore/feature-registry";
import type { BatchColumn } from "../../../arrow/batch-column.ts";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { batchKeyWriter, type KeyForm } from "../../../codec/entity-key.ts";
import { createdField, featureField, timestampField } from "../../../codec/feature-field.ts";
import { featureValueWriter } from "../../../codec/feature-value.ts";
import { feastKeyForm } from "../../../codec/store-key.ts";
import { writeTimestamp, writeTimestampWords } from "../../../codec/timestamp.ts";
import { memberOf } from "../../../codec/value-members.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import { valueType } from "../../../codec/value-type.ts";
import { hashDumpWriter } from "../dump/hash-dump.ts";
import { type HashColumn, mostElementBytes } from "../dump/hash-rows.ts";
import { numberColumn } from "../dump/number-column.ts";
import { textColumn } from "../dump/text-column.ts";
import { writeFeastRowsScript } from "../scripts/write-feast-rows.ts";
import { ArgumentWriter } from "../wire/argument-writer.ts";
import { type Argument, beginCommand, writeArgument } from "../wire/command-writer.ts";
import { readFeastRows } from "./read-feast-rows.ts";
import type { Inserts, InsertWriter, RedisLayout, WriteTerms } from "./redis-layout.ts";
import type { RowExpiry } from "./row-expiry.ts";

/** Feast's layout, byte for byte: Feast reads what this writes, and the other way round. */
export function feastLayout(project: string): RedisLayout {
  return {
    space: `view:${project}`,
    writeScript: writeFeastRowsScript,
    rowsAs: "text",
    keyForm: (view) => feastKeyForm(view.joinKeys, project),
    rowWriter,
    inserts: (view, batch, expiry) => inserts(feastKeyForm(view.joinKeys, project), view, batch, expiry),
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

function rowWriter(view: FeatureView, batch: ViewBatch): RowWriter {
  const parts = valueWriters(view, batch);
  return (out, row) => {
    for (const part of parts) {
      const start = out.beginU32();
      part(out, row);
      out.endU32(start);
    }
  };
}

/** RESTORE, which is refused where there is something: the hash comes as Redis keeps it, and costs it half of an HSET. */
function inserts(form: KeyForm, view: FeatureView, batch: ViewBatch, expiry: RowExpiry): Inserts | undefined {
  const columns = hashColumns(view, batch);
  const writeDump = columns && hashDumpWriter(columns, batch.rowCount);
  if (writeDump === undefined) return undefined;
  const writeKey = batchKeyWriter(form, batch.joinKeys);
  const [keyArgument, dumpArgument] = [new ArgumentWriter(), new ArgumentWriter()];
  const [head, tail] = [new ByteWriter(), new ByteWriter()];
  beginCommand(head, expiry === undefined ? 4 : 5);
  writeArgument(head, "RESTORE");
  if (expiry !== undefined) writeArgument(tail, "ABSTTL");
  const write: InsertWriter = (out, row) => {
    if (!batch.event.valid(row)) return false;
    out.append(head);
    const key = keyArgument.begin(out);
    if (!writeKey(out, row)) return false;
    keyArgument.end(out, key);
    writeArgument(out, expiry === undefined ? 0 : expiry(row) * 1000);
    const dump = dumpArgument.begin(out);
    if (!writeDump(out, row)) return false;
    dumpArgument.end(out, dump);
    out.append(tail);
    return true;
  };
  return { as: "commands", write };
}

/**
 * The fields of a view, with their values; undefined where a name is too long, or two are the same: Redis takes a hash that has a
 * field twice without looking, and dies of it when the hash grows.
 */
function hashColumns(view: FeatureView, batch: ViewBatch): readonly HashColumn[] | undefined {
  const times = [timestampField(view.name), createdField(view.name)];
  const fields = [...times, ...view.features.map((feature) => featureField(view.name, feature.name))];
  const distinct = new Set(fields.map((field) => field.toString("latin1")));
  if (distinct.size < fields.length || fields.some((field) => field.length > mostElementBytes)) return undefined;
  const writers = valueWriters(view, batch);
  return fields.map((field, i): HashColumn => {
    const [feature, column] = [view.features[i - times.length], batch.features[i - times.length]];
    const type = feature && valueType(feature);
    if (
      column === undefined ||
      type === undefined ||
      type.isList ||
      !(type.kind === "float" || type.kind === "double")
    ) {
      return textColumn(field, writers[i] as RowWriter);
    }
    const { single, wire } = memberOf(type.kind);
    return numberColumn(field, (single << 3) | wire, type.kind === "float" ? 1 : 2, column);
  });
}

/** Of the event timestamp, of what is kept beside it about the created one, and of the features. */
function valueWriters(view: FeatureView, { event, created, features }: ViewBatch): RowWriter[] {
  return [
    (out, row) => timestamp(out, event, row),
    (out, row) => {
      timestamp(out, event, row);
      if (created.valid(row)) timestamp(out, created, row);
    },
    ...view.features.map((feature, i) => featureValueWriter(valueType(feature), features[i] as BatchColumn)),
  ];
}

function timestamp(out: ByteWriter, { words }: BatchColumn, row: number): void {
  writeTimestampWords(out, words[row * 2] as number, words[row * 2 + 1] as number);
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
