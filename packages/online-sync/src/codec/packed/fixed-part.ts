import type { BatchColumn } from "../../arrow/batch-column.ts";
import type { ByteWriter } from "../byte-writer.ts";
import type { FixedKind } from "./row-schema.ts";

/** Where some rows of a batch are, which begin at `starts` of what was written: `count` from the `first` on. */
export interface FixedPlaces {
  readonly out: ByteWriter;
  readonly starts: Int32Array;
  readonly first: number;
  readonly count: number;
}

/** Writes a column's values, `at` so many bytes behind where each row begins; nothing where they are null. */
export type FixedColumnWriter = (places: FixedPlaces, column: BatchColumn, at: number) => void;

/** What the fixed part holds of values. */
export const fixedColumnWriters: Readonly<Record<FixedKind, FixedColumnWriter>> = {
  boolean: writeBits,
  int: writeWord,
  date: writeWord,
  float: writeWord,
  double: writeWords,
  long: writeWords,
  time: writeWords,
  timestamp: writeWords,
  timestamptz: writeWords,
  uuid: writeSixteen,
  decimal: writeSixteen,
};

/** Values of 64 bits. */
export function writeWords(
  { out, starts, first, count }: FixedPlaces,
  { valid, words }: BatchColumn,
  at: number,
): void {
  for (let i = 0, row = first; i < count; i++, row++) {
    if (!valid(row)) continue;
    const place = (starts[i] as number) + at;
    out.setI32(place, words[row * 2] as number);
    out.setI32(place + 4, words[row * 2 + 1] as number);
  }
}

function writeWord({ out, starts, first, count }: FixedPlaces, { valid, words }: BatchColumn, at: number): void {
  for (let i = 0, row = first; i < count; i++, row++) {
    if (valid(row)) out.setI32((starts[i] as number) + at, words[row] as number);
  }
}

function writeBits({ out, starts, first, count }: FixedPlaces, column: BatchColumn, at: number): void {
  const { valid, bytes, bitOffset } = column;
  for (let i = 0, row = first; i < count; i++, row++) {
    const bit = bitOffset + row;
    if (valid(row)) out.setU8((starts[i] as number) + at, ((bytes[bit >> 3] as number) >> (bit & 7)) & 1);
  }
}

function writeSixteen({ out, starts, first, count }: FixedPlaces, { valid, bytes }: BatchColumn, at: number): void {
  for (let i = 0, row = first; i < count; i++, row++) {
    if (!valid(row)) continue;
    const place = (starts[i] as number) + at;
    for (let byte = 0; byte < 16; byte++) out.setU8(place + byte, bytes[row * 16 + byte] as number);
  }
}
