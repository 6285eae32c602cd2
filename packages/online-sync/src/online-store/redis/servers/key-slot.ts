/** Into how many parts a cluster divides the keys. */
export const slotCount = 16_384;

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/** The slot of a key: CRC-16 (XMODEM) of what is between its first braces, when that is anything, or of all of it. */
export function keySlot(key: Uint8Array): number {
  const open = key.indexOf(0x7b);
  const close = open < 0 ? -1 : key.indexOf(0x7d, open + 1);
  const [start, end] = close > open + 1 ? [open + 1, close] : [0, key.length];
  let crc = 0;
  for (let i = start; i < end; i++)
    crc = ((crc << 8) ^ (table[((crc >> 8) ^ (key[i] as number)) & 0xff] as number)) & 0xffff;
  return crc % slotCount;
}

const tags = new Map<number, string>();

/** A short text whose slot is this one. */
export function slotTag(slot: number): string {
  const known = tags.get(slot);
  if (known !== undefined) return known;
  let number = 0;
  while (keySlot(Buffer.from(String(number))) !== slot) number++;
  tags.set(slot, String(number));
  return String(number);
}
