/** A signed 64-bit protobuf varint at `at`. Seven bytes fit a double exactly, so that few values cost a bigint sum. */
export function readVarint(bytes: Uint8Array, at: number): bigint {
  let low = 0;
  let high = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i] ?? 0;
    if (i < 7) low += (byte & 0x7f) * 2 ** (7 * i);
    else high += (byte & 0x7f) * 2 ** (7 * (i - 7));
    if (byte < 0x80) break;
  }
  return high === 0 ? BigInt(low) : BigInt.asIntN(64, BigInt(low) + (BigInt(high) << 49n));
}

/** Where the varint at `at` ends. */
export function skipVarint(bytes: Uint8Array, at: number): number {
  let end = at;
  while ((bytes[end] ?? 0) >= 0x80) end++;
  return end + 1;
}
