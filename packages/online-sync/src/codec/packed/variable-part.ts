import type { BatchColumn } from "../../arrow/batch-column.ts";
import type { RowWriter } from "../value-payload.ts";
import type { ValueKind } from "../value-type.ts";
import { type FixedKind, isText, widths } from "./row-schema.ts";

/** Values of the variable part that are not null: how many bytes they take, and how they are written. */
export interface VariableValues {
  readonly size: (row: number) => number;
  readonly write: RowWriter;
}

/** Text and bytes. */
export function texts({ bytes, offsets }: BatchColumn): VariableValues {
  return {
    size: (row) => (offsets[row + 1] as number) - (offsets[row] as number),
    write: (out, row) => out.slice(bytes, offsets[row] as number, offsets[row + 1] as number),
  };
}

export function lists(kind: ValueKind, { offsets, elements }: BatchColumn): VariableValues {
  const element = isText(kind) ? textElements(elements as BatchColumn) : fixedElements(kind, elements as BatchColumn);
  const each = (row: number, use: (index: number) => void) => {
    for (let i = offsets[row] as number; i < (offsets[row + 1] as number); i++) use(i);
  };
  return {
    size: (row) => {
      let sum = 0;
      each(row, (index) => {
        sum += element.size(index);
      });
      return sum;
    },
    write: (out, row) => each(row, (index) => element.write(out, index)),
  };
}

function fixedElements(kind: FixedKind, { words, bytes, bitOffset }: BatchColumn): VariableValues {
  const size = () => widths[kind];
  switch (widths[kind]) {
    case 1:
      return {
        size,
        write: (out, at) => out.u8(((bytes[(bitOffset + at) >> 3] as number) >> ((bitOffset + at) & 7)) & 1),
      };
    case 4:
      return { size, write: (out, at) => out.i32(words[at] as number) };
    case 8:
      return {
        size,
        write: (out, at) => {
          out.i32(words[at * 2] as number);
          out.i32(words[at * 2 + 1] as number);
        },
      };
    default:
      return { size, write: (out, at) => out.slice(bytes, at * 16, at * 16 + 16) };
  }
}

function textElements(elements: BatchColumn): VariableValues {
  const { size, write } = texts(elements);
  return {
    size: (index) => size(index) + widths.string,
    write: (out, index) => {
      out.u32(size(index));
      write(out, index);
    },
  };
}
