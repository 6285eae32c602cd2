/** How many code points of a string, or bytes of a binary, a column bound keeps by default. */
export const defaultBoundLength = 16;

/** The first `length` code points of a string. */
export function truncateString(text: string, length: number): string {
  let end = 0;
  for (let count = 0; count < length && end < text.length; count++) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** The smallest string of at most `length` code points that is not below `text`; undefined when there is none. */
export function truncateUpperString(text: string, length: number): string | undefined {
  const prefix = truncateString(text, length);
  if (prefix === text) return text;
  const codePoints = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let codePoint = codePoints.pop(); codePoint !== undefined; codePoint = codePoints.pop()) {
    const next = codePoint === 0xd7ff ? 0xe000 : codePoint + 1;
    if (next <= 0x10ffff) return String.fromCodePoint(...codePoints, next);
  }
  return undefined;
}

/** The smallest binary of at most `length` bytes that is not below `bytes`; undefined when there is none. */
export function truncateUpperBytes(bytes: Uint8Array, length: number): Uint8Array | undefined {
  if (bytes.length <= length) return bytes;
  let end = length;
  while (end > 0 && bytes[end - 1] === 0xff) end--;
  if (end === 0) return undefined;
  const upper = bytes.slice(0, end);
  upper[end - 1] = (upper[end - 1] ?? 0) + 1;
  return upper;
}
