import type { FeatureView } from "@icecore/feature-registry";
import type { BatchColumn } from "../../../arrow/batch-column.ts";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { batchKeyWriter, type KeyForm } from "../../../codec/entity-key.ts";
import { featureValueWriter } from "../../../codec/feature-value.ts";
import { memberOf } from "../../../codec/value-members.ts";
import { type ValueType, valueType } from "../../../codec/value-type.ts";
import { hashDumpWriter } from "../dump/hash-dump.ts";
import { type HashColumn, mostElementBytes } from "../dump/hash-rows.ts";
import { numberColumn } from "../dump/number-column.ts";
import { textColumn } from "../dump/text-column.ts";
import { ArgumentWriter } from "../wire/argument-writer.ts";
import { beginCommand, writeArgument } from "../wire/command-writer.ts";
import { feastFields, feastTimes } from "./feast-values.ts";
import type { Inserts, InsertWriter } from "./redis-layout.ts";
import type { RowExpiry } from "./row-expiry.ts";

/** RESTORE, which is refused where there is something: the hash comes as Redis keeps it, and costs it half of an HSET. */
export function feastInserts(
  form: KeyForm,
  view: FeatureView,
  batch: ViewBatch,
  expiry: RowExpiry,
): Inserts | undefined {
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
  const fields = feastFields(view);
  const distinct = new Set(fields.map((field) => field.toString("latin1")));
  if (distinct.size < fields.length || fields.some((field) => field.length > mostElementBytes)) return undefined;
  const times = feastTimes(batch).map((write, i) => textColumn(fields[i] as Buffer, write));
  const features = view.features.map((feature, i) =>
    featureColumn(fields[times.length + i] as Buffer, valueType(feature), batch.features[i] as BatchColumn),
  );
  return [...times, ...features];
}

function featureColumn(field: Buffer, type: ValueType, column: BatchColumn): HashColumn {
  const { single, wire } = memberOf(type.kind);
  const tag = (single << 3) | wire;
  if (type.isList !== true && type.kind === "float") return numberColumn(field, tag, 1, column);
  if (type.isList !== true && type.kind === "double") return numberColumn(field, tag, 2, column);
  return textColumn(field, featureValueWriter(type, column));
}
