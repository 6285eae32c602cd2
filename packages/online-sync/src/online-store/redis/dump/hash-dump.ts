import { ByteWriter } from "../../../codec/byte-writer.ts";
import { writeCrc64 } from "./crc64.ts";
import type { HashColumn, HashRows } from "./hash-rows.ts";

const [listEnd, typeBytes, listHeadBytes, footerBytes] = [0xff, 3, 6, 10];
/** A hash in a listpack, as all versions from 7.0 on read it; and of what length it may be at most for two bytes to say so. */
const [hashListpack, dumpVersion, twoByteLength, mostListBytes] = [16, 10, 0x40, 0x3fff];
/** Rows that are written together: what they take stays in the processor's caches. */
const blockRows = 64;

/** Writes what Redis's DUMP gives of a row's hash, and RESTORE takes; false, and nothing, where a value is too long for that. */
export type HashDumpWriter = (out: ByteWriter, row: number) => boolean;

/** Writes hashes of these columns, of a batch of so many rows; undefined where they may be longer than we can say. */
export function hashDumpWriter(columns: readonly HashColumn[], rowCount: number): HashDumpWriter | undefined {
  const most = columns.reduce((sum, { mostBytes }) => sum + mostBytes, listHeadBytes + 1);
  if (most > mostListBytes) return undefined;
  const block = new HashBlock(columns, rowCount, typeBytes + most + footerBytes);
  return (out, row) => block.copy(out, row);
}

/** Neighbouring rows, written column by column. */
class HashBlock {
  readonly #columns: readonly HashColumn[];
  readonly #rowCount: number;
  readonly #rowBytes: number;
  readonly #out: ByteWriter;
  readonly #ends = new Int32Array(blockRows);
  readonly #tooLong = new Uint8Array(blockRows);
  #first = -blockRows;

  constructor(columns: readonly HashColumn[], rowCount: number, rowBytes: number) {
    this.#columns = columns;
    this.#rowCount = rowCount;
    this.#rowBytes = rowBytes;
    this.#out = new ByteWriter(rowBytes * blockRows + 8);
  }

  copy(out: ByteWriter, row: number): boolean {
    const index = row % blockRows;
    if (row - index !== this.#first) this.#write(row - index);
    if (this.#tooLong[index] === 1) return false;
    out.append(this.#out, index * this.#rowBytes, this.#ends[index]);
    return true;
  }

  #write(first: number): void {
    this.#first = first;
    this.#tooLong.fill(0);
    const count = Math.min(blockRows, this.#rowCount - first);
    const rows = { out: this.#out, first, count, ends: this.#ends, tooLong: this.#tooLong };
    for (let i = 0; i < count; i++) this.#ends[i] = i * this.#rowBytes + typeBytes + listHeadBytes;
    for (const column of this.#columns) column.write(rows);
    for (let i = 0; i < count; i++) if (this.#tooLong[i] === 0) this.#finish(i, rows);
  }

  /** Writes what is before and behind the elements. */
  #finish(index: number, { out, ends }: HashRows): void {
    const start = index * this.#rowBytes;
    const list = start + typeBytes;
    const length = (ends[index] as number) + 1 - list;
    const elements = this.#columns.length * 2;
    out.truncate(start);
    out.u8(hashListpack);
    out.u8(twoByteLength | (length >> 8));
    out.u8(length & 0xff);
    out.u32(length);
    out.u8(elements & 0xff);
    out.u8(elements >> 8);
    out.truncate(ends[index] as number);
    out.u8(listEnd);
    out.u8(dumpVersion);
    out.u8(0);
    writeCrc64(out, start);
    ends[index] = out.length;
  }
}
