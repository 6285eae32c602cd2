import type { BatchColumn } from "../../arrow/batch-column.ts";
import type { ByteWriter } from "../byte-writer.ts";
import type { RowWriter } from "../feature-value.ts";
import type { ValueKind } from "../value-type.ts";
import { isVariable, type RowField, type RowSchema, rowVersion } from "./row-schema.ts";

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
  const parts = schema.fields.map(({ kind }, i) => fixedWriter(kind, columns[i] as BatchColumn, ends));
  const variable = columns.filter((_, i) => isVariable((schema.fields[i] as RowField).kind));
  return (out, row) => {
    out.u8(rowVersion);
    words(out, event, row);
    words(out, created, row);
    out.slice(schema.id, 0, schema.id.length);
    bitmap(out, row);
    ends.at = 0;
    for (const part of parts) part(out, row);
    for (const { values, offsets, valid } of variable) {
      if (valid(row)) out.slice(values as Uint8Array, offsets[row] as number, offsets[row + 1] as number);
    }
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

function words(out: ByteWriter, { values, valid }: BatchColumn, row: number): void {
  const known = valid(row);
  out.i32(known ? (values[row * 2] as number) : 0);
  out.i32(known ? (values[row * 2 + 1] as number) : 0);
}

function endWriter({ offsets, valid }: BatchColumn, ends: { at: number }): RowWriter {
  return (out, row) => {
    if (valid(row)) ends.at += (offsets[row + 1] as number) - (offsets[row] as number);
    out.u32(ends.at);
  };
}

/** Writes what the fixed part holds of a value; zeros where it is null. `ends` counts the bytes of the variable part. */
function fixedWriter(kind: ValueKind, column: BatchColumn, ends: { at: number }): RowWriter {
  const { values, valid, bitOffset } = column;
  const number = (row: number, at = row) => (valid(row) ? (values[at] as number) : 0);
  switch (kind) {
    case "boolean":
      return (out, row) => out.u8((number(row, (bitOffset + row) >> 3) >> ((bitOffset + row) & 7)) & 1);
    case "int":
    case "date":
      return (out, row) => out.i32(number(row));
    case "float":
      return (out, row) => out.f32(number(row));
    case "double":
      return (out, row) => out.f64(number(row));
    case "long":
    case "time":
    case "timestamp":
    case "timestamptz":
      return (out, row) => words(out, column, row);
    case "uuid":
    case "decimal":
      return (out, row) => {
        if (valid(row)) out.slice(values as Uint8Array, row * 16, row * 16 + 16);
        else for (let i = 0; i < 4; i++) out.u32(0);
      };
    case "string":
    case "binary":
      return endWriter(column, ends);
  }
}
