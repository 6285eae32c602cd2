import type { ByteWriter } from "../../../codec/byte-writer.ts";

/** The polynomial of Redis's CRC-64 (Jones), lowest coefficient in the highest bit, in two halves. */
const [polynomialLow, polynomialHigh] = [0xac4b_c9b5, 0x95ac_9329];

/** By how far a byte is from the end of a group of eight, and by its value: what it makes of the sum, in two halves. */
const [lows, highs] = makeTables();

/** Writes the CRC-64, as Redis computes it, of what was written since `start`. */
export function writeCrc64(out: ByteWriter, start: number): void {
  const end = out.length;
  let low = 0;
  let high = 0;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const l = low ^ out.i32At(at);
    const h = high ^ out.i32At(at + 4);
    low = fold(lows, l, h);
    high = fold(highs, l, h);
  }
  for (; at < end; at++) {
    const index = (low ^ out.u8At(at)) & 255;
    low = ((low >>> 8) | (high << 24)) ^ (lows[index] as number);
    high = (high >>> 8) ^ (highs[index] as number);
  }
  out.i32(low);
  out.i32(high);
}

/** What eight bytes make of a half of the sum; `low` and `high` are theirs and those of the sum so far. */
function fold(table: Int32Array, low: number, high: number): number {
  return (
    (table[1792 + (low & 255)] as number) ^
    (table[1536 + ((low >>> 8) & 255)] as number) ^
    (table[1280 + ((low >>> 16) & 255)] as number) ^
    (table[1024 + (low >>> 24)] as number) ^
    (table[768 + (high & 255)] as number) ^
    (table[512 + ((high >>> 8) & 255)] as number) ^
    (table[256 + ((high >>> 16) & 255)] as number) ^
    (table[high >>> 24] as number)
  );
}

function makeTables(): readonly [Int32Array, Int32Array] {
  const [low, high] = [new Int32Array(2048), new Int32Array(2048)];
  for (let byte = 0; byte < 256; byte++) {
    let [l, h] = [byte, 0];
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd === 1) [l, h] = [l ^ polynomialLow, h ^ polynomialHigh];
    }
    low[byte] = l;
    high[byte] = h;
  }
  for (let i = 256; i < 2048; i++) {
    const [l, h] = [low[i - 256] as number, high[i - 256] as number];
    const next = l & 255;
    low[i] = ((l >>> 8) | (h << 24)) ^ (low[next] as number);
    high[i] = (h >>> 8) ^ (high[next] as number);
  }
  return [low, high];
}
