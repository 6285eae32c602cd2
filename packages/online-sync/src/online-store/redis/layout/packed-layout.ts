import type { FeatureView } from "@icecore/feature-registry";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { batchKeyWriter, type KeyForm } from "../../../codec/entity-key.ts";
import { rowSchema } from "../../../codec/packed/row-schema.ts";
import { packedRowWriter } from "../../../codec/packed/row-writer.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import { writePackedRowsScript } from "../scripts/write-packed-rows.ts";
import { ArgumentWriter } from "../wire/argument-writer.ts";
import { beginCommand, writeArgument } from "../wire/command-writer.ts";
import { PackedReader } from "./read-packed-rows.ts";
import type { Inserts, InsertWriter, RedisLayout, WriteTerms } from "./redis-layout.ts";
import type { RowExpiry } from "./row-expiry.ts";

/** Our own layout: the whole row of an entity in one value, which is read with one MGET for all views. */
export function packedLayout(project: string, partitioned: boolean): RedisLayout {
  const forms = new WeakMap<FeatureView, KeyForm>();
  const keyForm = (view: FeatureView): KeyForm => {
    const known = forms.get(view);
    if (known !== undefined) return known;
    const prefix = Buffer.from(`ic:${project}:${view.name}:`);
    const form = { joinKeys: view.joinKeys, prefix, suffix: Buffer.alloc(0) };
    forms.set(view, form);
    return form;
  };
  const reader = new PackedReader(`icecore:schemas:${project}`, keyForm);
  return {
    space: `packed:${project}`,
    writeScript: writePackedRowsScript(partitioned),
    rowsAs: "arguments",
    keyForm,
    rowWriter,
    inserts: (view, batch, expiry) => inserts(keyForm(view), view, batch, expiry),
    writeArguments: (view, { correction, keyTtlSeconds }: WriteTerms) => [
      ...(correction === undefined ? ["none", "none"] : halves(correction.createdUpTo)),
      view.ttlSeconds ?? 0,
      keyTtlSeconds ?? 0,
    ],
    announce: (servers, view) => reader.announce(servers, rowSchema(view.features)),
    read: (servers, requests) => reader.read(servers, requests),
    probe: () => undefined,
    remove: (_view, key) => ["UNLINK", key],
  };
}

function rowWriter(view: FeatureView, batch: ViewBatch): RowWriter {
  return packedRowWriter(rowSchema(view.features), batch, batch.features);
}

/** All with one MSETNX; where they expire, by a SET for each. */
function inserts(form: KeyForm, view: FeatureView, batch: ViewBatch, expiry: RowExpiry): Inserts {
  const writeArguments = argumentsWriter(form, view, batch);
  if (expiry === undefined) return { as: "arguments", write: writeArguments };
  const [head, tail] = [new ByteWriter(), new ByteWriter()];
  beginCommand(head, 6);
  writeArgument(head, "SET");
  for (const argument of ["NX", "EXAT"]) writeArgument(tail, argument);
  const write: InsertWriter = (out, row) => {
    out.append(head);
    if (!writeArguments(out, row)) return false;
    out.append(tail);
    writeArgument(out, expiry(row));
    return true;
  };
  return { as: "commands", write };
}

/** Writes a row behind its key. */
function argumentsWriter(form: KeyForm, view: FeatureView, batch: ViewBatch): InsertWriter {
  const [writeKey, writeRow] = [batchKeyWriter(form, batch.joinKeys), rowWriter(view, batch)];
  const [keyArgument, rowArgument] = [new ArgumentWriter(), new ArgumentWriter()];
  return (out, row) => {
    if (!batch.event.valid(row)) return false;
    const key = keyArgument.begin(out);
    if (!writeKey(out, row)) return false;
    keyArgument.end(out, key);
    const value = rowArgument.begin(out);
    writeRow(out, row);
    rowArgument.end(out, value);
    return true;
  };
}

function halves(micros: bigint): number[] {
  return [Number(BigInt.asUintN(32, micros)), Number(BigInt.asIntN(32, micros >> 32n))];
}
