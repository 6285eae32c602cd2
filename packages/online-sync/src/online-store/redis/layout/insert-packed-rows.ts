import type { FeatureView } from "@icecore/feature-registry";
import type { ViewBatch } from "../../../arrow/view-batch.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { batchKeyWriter, type KeyForm } from "../../../codec/entity-key.ts";
import { rowSchema } from "../../../codec/packed/row-schema.ts";
import { packedRowWriter } from "../../../codec/packed/row-writer.ts";
import { ArgumentWriter } from "../wire/argument-writer.ts";
import { beginCommand, writeArgument } from "../wire/command-writer.ts";
import type { Inserts, InsertWriter } from "./redis-layout.ts";
import type { RowExpiry } from "./row-expiry.ts";

/** All with one MSETNX; where they expire, by a SET for each. */
export function packedInserts(form: KeyForm, view: FeatureView, batch: ViewBatch, expiry: RowExpiry): Inserts {
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
  const [writeKey, writeRow] = [
    batchKeyWriter(form, batch.joinKeys),
    packedRowWriter(rowSchema(view.features), batch, batch.features),
  ];
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
