import type { FeatureView } from "@icecore/feature-registry";
import type { RootDatabase } from "lmdb";
import type { ViewBatch } from "../../arrow/view-batch.ts";
import { ByteWriter } from "../../codec/byte-writer.ts";
import { batchKeyWriter, type KeyForm } from "../../codec/entity-key.ts";
import { rowCreatedTimestamp, supersedes } from "../../codec/packed/row-reader.ts";
import { rowSchema } from "../../codec/packed/row-schema.ts";
import { packedRowWriter } from "../../codec/packed/row-writer.ts";
import type { Correction } from "../online-store.ts";
import { checkKey } from "./embedded-keys.ts";

/** Rows of one transaction: a key each, and the row; undefined: the entity is gone. */
export type RowPuts = readonly { readonly key: Buffer; readonly row: Buffer | undefined }[];

/** Encodes a batch in parts of at most `chunkRows` rows. @throws OnlineStoreError `ENTITY_INVALID` when a key is too long */
export function* encodePuts(view: FeatureView, form: KeyForm, batch: ViewBatch, chunkRows: number): Generator<RowPuts> {
  const writeKey = batchKeyWriter(form, batch.joinKeys);
  const writeRow = packedRowWriter(rowSchema(view.features), batch, batch.features);
  for (let first = 0; first < batch.rowCount; first += chunkRows) {
    const out = new ByteWriter();
    const places: { readonly start: number; readonly keyEnd: number; readonly end: number }[] = [];
    for (let row = first; row < Math.min(first + chunkRows, batch.rowCount); row++) {
      const start = out.length;
      if (!writeKey(out, row)) continue;
      const keyEnd = out.length;
      if (batch.event.valid(row)) writeRow(out, row);
      places.push({ start, keyEnd, end: out.length });
    }
    yield places.map(({ start, keyEnd, end }) => ({
      key: checkKey(out.view(start, keyEnd), form),
      row: end === keyEnd ? undefined : out.view(keyEnd, end),
    }));
  }
}

/** Carries out what may replace what is stored, inside a transaction; says how many rows it wrote and removed. */
export function putRows(db: RootDatabase<Buffer, Buffer>, puts: RowPuts, correction: Correction | undefined) {
  let [written, deleted] = [0, 0];
  for (const { key, row } of puts) {
    const stored = db.getBinaryFast(key);
    const corrected =
      stored !== undefined && correction !== undefined && rowCreatedTimestamp(stored) <= correction.createdUpTo;
    if (row === undefined) {
      if (!corrected) continue;
      db.removeSync(key);
      deleted++;
    } else if (stored === undefined || corrected || supersedes(row, stored)) {
      db.putSync(key, row);
      written++;
    }
  }
  return { written, deleted };
}
