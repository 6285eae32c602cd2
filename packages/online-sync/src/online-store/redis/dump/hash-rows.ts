import type { ByteWriter } from "../../../codec/byte-writer.ts";

/** Up to so many bytes, an element of a listpack has one byte before itself and one behind. Redis keeps values of one more there. */
export const mostElementBytes = 63;
export const shortText = 0x80;

/** Hashes of some rows of a batch on their way into listpacks, side by side: each has its place, and room to grow in it. */
export interface HashRows {
  readonly out: ByteWriter;
  /** The first of the rows, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** Where the next byte of each row goes. */
  readonly ends: Int32Array;
  /** Which rows have a value that is too long; what was written of them is of no use. */
  readonly tooLong: Uint8Array;
}

/** A field of hashes, with its values. */
export interface HashColumn {
  /** How many bytes it takes at most in a row. */
  readonly mostBytes: number;
  write(rows: HashRows): void;
}
