import type { BatchColumn } from "../../arrow/batch-column.ts";
import type { ByteWriter } from "../byte-writer.ts";
import type { RowWriter } from "../value-payload.ts";
import type { FixedKind } from "./row-schema.ts";

/** Writes what the fixed part holds of a value; zeros where it is null. */
export function fixedWriter(kind: FixedKind, column: BatchColumn): RowWriter {
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
  }
}

/** Writes a number of 64 bits; zero where it is null. */
export function words(out: ByteWriter, { values, valid }: BatchColumn, row: number): void {
  const known = valid(row);
  out.i32(known ? (values[row * 2] as number) : 0);
  out.i32(known ? (values[row * 2 + 1] as number) : 0);
}
