import type { RootDatabase } from "lmdb";
import { RowDecoder } from "../../codec/packed/row-decoder.ts";
import { parseRowSchema, type RowSchema } from "../../codec/packed/row-schema.ts";
import { storeKeyOf } from "../../codec/store-key.ts";
import { OnlineStoreError } from "../../errors.ts";
import type { ReadRequest, ReadResult } from "../online-store.ts";
import { checkKey, rowKeyForm, schemaKey } from "./embedded-keys.ts";

/** Reads packed rows out of the file, and knows the schemas that they were written with. */
export class EmbeddedReader {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #project: string;
  readonly #schemas = new Map<string, RowSchema>();

  constructor(db: RootDatabase<Buffer, Buffer>, project: string) {
    this.#db = db;
    this.#project = project;
  }

  read(request: ReadRequest): ReadResult {
    const form = rowKeyForm(this.#project, request.view);
    const toKey = storeKeyOf(form);
    const decoder = new RowDecoder(request, this.#schemas);
    for (const [i, key] of request.keys.entries()) {
      if (key === undefined) continue;
      const rowKey = checkKey(toKey(key), form);
      const row = this.#db.getBinaryFast(rowKey);
      const unknown = row === undefined ? undefined : decoder.decode(row, 0, i);
      if (unknown !== undefined) this.#decodeUnknown(decoder, rowKey, i, unknown);
    }
    return decoder;
  }

  /** Looks up the schema first, which takes the row from where it was read to. */
  #decodeUnknown(decoder: RowDecoder, rowKey: Buffer, index: number, schemaId: string): void {
    this.#learn(schemaId);
    const row = this.#db.getBinaryFast(rowKey);
    if (row !== undefined) decoder.decode(row, 0, index);
  }

  #learn(id: string): void {
    const descriptor = this.#db.getBinary(schemaKey(this.#project, id));
    if (descriptor === undefined) {
      throw new OnlineStoreError(
        "STORE_INVALID",
        `the online store holds rows of a schema that it does not know (${id}); materialize the view in full`,
      );
    }
    this.#schemas.set(id, parseRowSchema(descriptor.toString()));
  }
}
