/** A signed 64-bit protobuf varint at `at`. */
export function readVarint(bytes: Uint8Array, at: number): bigint {
  const value = readShort(bytes, at);
  return value === undefined ? readLong(bytes, at) : BigInt(value);
}

/** {@link readVarint} of an integer that a double holds exactly. */
export function readVarintNumber(bytes: Uint8Array, at: number): number {
  return readShort(bytes, at) ?? Number(readLong(bytes, at));
}

/** Where the varint at `at` ends. */
export function skipVarint(bytes: Uint8Array, at: number): number {
  let end = at;
  while ((bytes[end] ?? 0) >= 0x80) end++;
  return end + 1;
}

/** Seven bytes fit a double exactly: most values cost no sum of bigints. Undefined when there are more. */
function readShort(bytes: Uint8Array, at: number): number | undefined {
  let value = 0;
  let unit = 1;
  for (let i = at; i < at + 7; i++) {
    const byte = bytes[i] ?? 0;
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return value;
    unit *= 128;
  }
  return undefined;
}

function readLong(bytes: Uint8Array, at: number): bigint {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) break;
  }
  return BigInt.asIntN(64, value);
}
