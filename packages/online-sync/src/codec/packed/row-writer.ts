import type { BatchColumn } from "../../arrow/batch-column.ts";
import type { RowWriter } from "../value-payload.ts";
import { fixedWriter, twoWords } from "./fixed-part.ts";
import { isText, type RowField, type RowSchema, rowVersion } from "./row-schema.ts";
import { lists, texts, type VariableValues } from "./variable-part.ts";

/** The timestamps of a batch's rows; a created timestamp of null counts as 1970. */
export interface RowTimes {
  readonly event: BatchColumn;
  readonly created: BatchColumn;
}

/** Writes rows of a batch in the packed layout; `columns` go with the schema's fields. The event timestamp must not be null. */
export function packedRowWriter(
  schema: RowSchema,
  { event, created }: RowTimes,
  columns: readonly BatchColumn[],
): RowWriter {
  const bitmap = bitmapWriter(columns);
  const ends = { at: 0 };
  const variable: (VariableValues & Pick<BatchColumn, "valid">)[] = [];
  const parts = columns.map((column, i) => {
    const { kind, isList } = schema.fields[i] as RowField;
    if (!isList && !isText(kind)) return fixedWriter(kind, column);
    const values = isList ? lists(kind, column) : texts(column);
    variable.push({ ...values, valid: column.valid });
    return endWriter(values.size, column, ends);
  });
  return (out, row) => {
    out.u8(rowVersion);
    twoWords(out, event, row);
    twoWords(out, created, row);
    out.slice(schema.id, 0, schema.id.length);
    bitmap(out, row);
    ends.at = 0;
    for (const part of parts) part(out, row);
    for (const { valid, write } of variable) if (valid(row)) write(out, row);
  };
}

function bitmapWriter(columns: readonly BatchColumn[]): RowWriter {
  return (out, row) => {
    let byte = 0;
    for (let i = 0; i < columns.length; i++) {
      if (columns[i]?.valid(row) === true) byte |= 1 << (i & 7);
      if ((i & 7) === 7 || i === columns.length - 1) {
        out.u8(byte);
        byte = 0;
      }
    }
  };
}

/** Writes where a value of the variable part ends; `ends` counts its bytes. */
function endWriter(size: VariableValues["size"], { valid }: BatchColumn, ends: { at: number }): RowWriter {
  return (out, row) => {
    if (valid(row)) ends.at += size(row);
    out.u32(ends.at);
  };
}
