import type { BatchColumn } from "../../arrow/batch-column.ts";
import { ByteWriter } from "../byte-writer.ts";
import type { RowWriter } from "../value-payload.ts";
import { type FixedPlaces, fixedColumnWriters, writeWords } from "./fixed-part.ts";
import { createdAt, eventAt, isText, type RowField, type RowSchema, rowVersion, schemaAt } from "./row-schema.ts";
import { lists, texts, type VariableValues } from "./variable-part.ts";

/** The timestamps of a batch's rows; a created timestamp of null counts as 1970. */
export interface RowTimes {
  readonly rowCount: number;
  readonly event: BatchColumn;
  readonly created: BatchColumn;
}

/** Writes rows of a batch in the packed layout; `columns` go with the schema's fields. The event timestamp must not be null. */
export function packedRowWriter(schema: RowSchema, times: RowTimes, columns: readonly BatchColumn[]): RowWriter {
  const block = new RowBlock(schema, times, columns);
  return (out, row) => block.copy(out, row);
}

const blockRows = 256;

interface VariableColumn extends VariableValues {
  readonly valid: BatchColumn["valid"];
  readonly at: number;
}

/** Neighbouring rows, written column by column: the same few instructions for many values, instead of others for each. */
class RowBlock {
  readonly #schema: RowSchema;
  readonly #times: RowTimes;
  readonly #columns: readonly BatchColumn[];
  readonly #variable: readonly VariableColumn[];
  readonly #out = new ByteWriter(1 << 15);
  /** Where each row begins; at first, for none there is. */
  readonly #starts = new Int32Array(blockRows + 1);
  #first = -blockRows;

  constructor(schema: RowSchema, times: RowTimes, columns: readonly BatchColumn[]) {
    this.#schema = schema;
    this.#times = times;
    this.#columns = columns;
    this.#variable = columns.flatMap((column, i) => {
      const { kind, isList, at } = schema.fields[i] as RowField;
      if (!isList && !isText(kind)) return [];
      return [{ ...(isList ? lists(kind, column) : texts(column)), valid: column.valid, at }];
    });
  }

  copy(out: ByteWriter, row: number): void {
    const index = row % blockRows;
    if (row - index !== this.#first) this.#write(row - index);
    out.append(this.#out, this.#starts[index] as number, this.#starts[index + 1] as number);
  }

  #write(first: number): void {
    this.#first = first;
    const count = Math.min(blockRows, this.#times.rowCount - first);
    this.#layOut(first, count);
    const places = { out: this.#out, starts: this.#starts, first, count };
    this.#writeHeads(places);
    for (let i = 0; i < this.#columns.length; i++) {
      const column = this.#columns[i] as BatchColumn;
      const { kind, isList, at, validByte, validMask } = this.#schema.fields[i] as RowField;
      writeValidity(places, column, validByte, validMask);
      if (!isList && !isText(kind)) fixedColumnWriters[kind](places, column, at);
    }
    if (this.#variable.length > 0) this.#writeVariable(first, count);
  }

  /** Makes room for each row, filled with zeros. */
  #layOut(first: number, count: number): void {
    const { variableAt } = this.#schema;
    let end = 0;
    for (let i = 0; i < count; i++) {
      this.#starts[i] = end;
      end += variableAt;
      for (const { valid, size } of this.#variable) if (valid(first + i)) end += size(first + i);
    }
    this.#starts[count] = end;
    this.#out.truncate(0);
    this.#out.zeros(end);
  }

  #writeHeads(places: FixedPlaces): void {
    const { out, starts, count } = places;
    const [lower, upper] = [this.#schema.id.readInt32LE(0), this.#schema.id.readInt32LE(4)];
    for (let i = 0; i < count; i++) {
      const start = starts[i] as number;
      out.setU8(start, rowVersion);
      out.setI32(start + schemaAt, lower);
      out.setI32(start + schemaAt + 4, upper);
    }
    writeWords(places, this.#times.event, eventAt);
    writeWords(places, this.#times.created, createdAt);
  }

  /** Values one behind the other, and in the fixed part where each of them ends. */
  #writeVariable(first: number, count: number): void {
    const out = this.#out;
    for (let i = 0; i < count; i++) {
      const start = this.#starts[i] as number;
      const variableAt = start + this.#schema.variableAt;
      out.truncate(variableAt);
      for (const { valid, write, at } of this.#variable) {
        if (valid(first + i)) write(out, first + i);
        out.setI32(start + at, out.length - variableAt);
      }
    }
  }
}

function writeValidity(
  { out, starts, first, count }: FixedPlaces,
  { valid }: BatchColumn,
  byte: number,
  mask: number,
): void {
  for (let i = 0; i < count; i++) {
    if (!valid(first + i)) continue;
    const at = (starts[i] as number) + byte;
    out.setU8(at, out.u8At(at) | mask);
  }
}
