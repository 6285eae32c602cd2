import type { BatchColumn } from "../../arrow/batch-column.ts";
import type { ByteWriter } from "../byte-writer.ts";
import type { RowWriter } from "../value-payload.ts";
import type { FixedKind } from "./row-schema.ts";

/** Writes what the fixed part holds of a value; zeros where it is null. */
export function fixedWriter(kind: FixedKind, column: BatchColumn): RowWriter {
  const { words, bytes, valid, bitOffset } = column;
  switch (kind) {
    case "boolean":
      return (out, row) => {
        const bit = bitOffset + row;
        out.u8(valid(row) ? ((bytes[bit >> 3] as number) >> (bit & 7)) & 1 : 0);
      };
    case "int":
    case "date":
    case "float":
      return (out, row) => out.i32(valid(row) ? (words[row] as number) : 0);
    case "double":
    case "long":
    case "time":
    case "timestamp":
    case "timestamptz":
      return (out, row) => twoWords(out, column, row);
    case "uuid":
    case "decimal":
      return (out, row) => {
        if (valid(row)) out.slice(bytes, row * 16, row * 16 + 16);
        else for (let i = 0; i < 4; i++) out.u32(0);
      };
  }
}

/** Writes 64 bits; zero where they are null. */
export function twoWords(out: ByteWriter, { words, valid }: BatchColumn, row: number): void {
  const known = valid(row);
  out.i32(known ? (words[row * 2] as number) : 0);
  out.i32(known ? (words[row * 2 + 1] as number) : 0);
}
