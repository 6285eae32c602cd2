/** MurmurHash3 x86_32: the hash of Iceberg's bucket transform, as a signed 32-bit integer. */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wholeBlocks = bytes.length & ~3;
  let hash = seed | 0;
  for (let offset = 0; offset < wholeBlocks; offset += 4) {
    hash ^= scramble(view.getInt32(offset, true));
    hash = Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let offset = bytes.length - 1; offset >= wholeBlocks; offset--) {
    tail = (tail << 8) | view.getUint8(offset);
  }
  return finalise(hash ^ scramble(tail) ^ bytes.length);
}

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

const scramble = (block: number): number => Math.imul(rotateLeft(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);

function finalise(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
