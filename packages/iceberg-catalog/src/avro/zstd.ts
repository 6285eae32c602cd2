import { Decompress } from "fzstd";

/** Zstandard frames, decompressed as far as `maxLength` and with no larger window (RFC 8878). @throws Error */
export function decompressZstd(bytes: Uint8Array, maxLength: number): Uint8Array {
  if (windowSize(bytes) > maxLength) throw new Error("the window is too large");
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((chunk) => {
    length += chunk.length;
    if (length > maxLength) throw new Error("there is too much");
    chunks.push(chunk);
  });
  stream.push(bytes, true);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** What the first frame's header makes a decompressor allocate before it has seen any data. */
function windowSize(bytes: Uint8Array): number {
  const descriptor = bytes[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const window = bytes[5] ?? 0;
    const base = 2 ** (10 + (window >>> 3));
    return base + (base / 8) * (window & 7);
  }
  const dictionaryIdLength = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeLength = [1, 2, 4, 8][descriptor >>> 6] ?? 1;
  const start = 5 + dictionaryIdLength;
  return bytes.subarray(start, start + sizeLength).reduceRight((size, byte) => size * 256 + byte, 0);
}
