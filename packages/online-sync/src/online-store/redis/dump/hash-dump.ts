import { ByteWriter } from "../../../codec/byte-writer.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import { writeCrc64 } from "./crc64.ts";

/** A listpack's elements of up to so many bytes have one byte before them and one behind; longer ones Redis keeps otherwise. */
const mostBytes = 63;
const [shortText, listEnd, listHeadBytes] = [0x80, 0xff, 6];
/** A hash in a listpack, as all versions from 7.0 on read it; and of what length it may be at most for two bytes to say so. */
const [hashListpack, dumpVersion, twoByteLength, mostListBytes] = [16, 10, 0x40, 0x3fff];

/** Writes what Redis's DUMP gives of a hash, and RESTORE takes; false, and something, where a value is too long for that. */
export type HashDumpWriter = (out: ByteWriter, row: number) => boolean;

/** Writes hashes of these fields; `undefined` where they are too long or too many. `writers` write their values. */
export function hashDumpWriter(fields: readonly Buffer[], writers: readonly RowWriter[]): HashDumpWriter | undefined {
  if (fields.some((field) => field.length > mostBytes)) return undefined;
  const smallest = fields.reduce((sum, field) => sum + field.length + 4, listHeadBytes + 1);
  if (smallest > mostListBytes) return undefined;
  const names = fields.map(nameWriter);
  return (out, row) => {
    const start = out.length;
    out.u8(hashListpack);
    out.skip(2);
    const list = out.length;
    out.u32(0);
    out.u8((fields.length * 2) & 0xff);
    out.u8((fields.length * 2) >> 8);
    for (let i = 0; i < names.length; i++) {
      (names[i] as NameWriter)(out);
      const value = out.length;
      (writers[i] as RowWriter)(out, row);
      const length = out.length - value;
      if (length > mostBytes) return false;
      out.setU8(value - 1, shortText | length);
      out.u8(length + 1);
    }
    out.u8(listEnd);
    const length = out.length - list;
    if (length > mostListBytes) return false;
    out.setU8(list - 2, twoByteLength | (length >> 8));
    out.setU8(list - 1, length & 0xff);
    out.setU8(list, length & 0xff);
    out.setU8(list + 1, length >> 8);
    out.u8(dumpVersion);
    out.u8(0);
    writeCrc64(out, start);
    return true;
  };
}

type NameWriter = (out: ByteWriter) => void;

/** Writes a field's name as an element of a listpack, and a byte for the length of what follows. */
function nameWriter(name: Buffer): NameWriter {
  const element = new ByteWriter();
  element.u8(shortText | name.length);
  element.bytes(name);
  element.u8(name.length + 1);
  element.u8(shortText);
  const bytes = element.view();
  if (bytes.length > 8) return (out) => out.slice(bytes, 0, bytes.length);
  const padded = Buffer.alloc(8);
  padded.set(bytes);
  const [lower, upper, length] = [padded.readInt32LE(0), padded.readInt32LE(4), bytes.length];
  return (out) => out.partOfWords(lower, upper, length);
}
