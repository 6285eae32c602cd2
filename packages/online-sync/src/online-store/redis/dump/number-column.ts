import type { BatchColumn } from "../../../arrow/batch-column.ts";
import { ByteWriter } from "../../../codec/byte-writer.ts";
import { type HashColumn, type HashRows, shortText } from "./hash-rows.ts";

/** How many bytes a field's name has: with those around it, and the first two of the value's element, eight. */
const nameBytes = 4;

/**
 * A field whose values, behind a tag, are one or two words of 32 bits each, or nothing where they are null: two instructions
 * write the name, one or two the value.
 */
export function numberColumn(field: Buffer, tag: number, words: 1 | 2, column: BatchColumn): HashColumn {
  const length = 1 + words * 4;
  const [lower, upper] = headWords(field, shortText | length, tag);
  const [, nothing] = headWords(field, shortText, 1);
  return {
    mostBytes: 8 + words * 4 + 1,
    write({ out, first, count, ends }: HashRows) {
      for (let i = 0; i < count; i++) {
        const [at, row] = [ends[i] as number, first + i];
        out.setI32(at, lower);
        if (!column.valid(row)) {
          // An element of no bytes is as long as what says so.
          out.setI32(at + 4, nothing);
          ends[i] = at + 8;
          continue;
        }
        out.setI32(at + 4, upper);
        if (words === 1) {
          out.setI32(at + 8, column.words[row] as number);
        } else {
          out.setI32(at + 8, column.words[row * 2] as number);
          out.setI32(at + 12, column.words[row * 2 + 1] as number);
        }
        out.setU8(at + 7 + length, length + 1);
        ends[i] = at + 8 + length;
      }
    },
  };
}

/** A name as an element, and the next two bytes. */
function headWords(name: Buffer, next: number, last: number): readonly [number, number] {
  const head = new ByteWriter();
  head.u8(shortText | nameBytes);
  head.bytes(name);
  for (const byte of [nameBytes + 1, next, last]) head.u8(byte);
  return [head.i32At(0), head.i32At(4)];
}
