/** A bigint as minimal big-endian two's complement: how Iceberg writes a decimal's unscaled value. */
export function bigintToBytes(value: bigint): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length++;
  return bigintToFixed(value, length);
}

/** A bigint as big-endian two's complement of exactly `length` bytes. */
export function bigintToFixed(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** The bigint in big-endian two's complement of any length; no bytes are zero. */
export function bigintFromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}
