import type { Datum } from "./manifest.ts";

/**
 * Orders two values of one column as Iceberg does: strings by their UTF-8 bytes, bytes unsigned, -0 before 0, NaN after
 * everything and equal to itself. The operands are of one type, so that the order of mixed ones does not matter.
 */
export function compareValues(a: Datum, b: Datum): number {
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a < b) return -1;
  if (a > b) return 1;
  return typeof a === "number" && typeof b === "number" ? compareEdges(a, b) : 0;
}

export const minimum = (a: Datum, b: Datum): Datum => (compareValues(a, b) <= 0 ? a : b);
export const maximum = (a: Datum, b: Datum): Datum => (compareValues(a, b) >= 0 ? a : b);

/** For numbers of which neither is smaller: zeros by sign, NaN last. */
function compareEdges(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}

/** UTF-8 order is code point order; UTF-16 order differs from it where surrogates meet U+E000 to U+FFFF. */
function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = codePointRank(a.charCodeAt(i)) - codePointRank(b.charCodeAt(i));
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}

const codePointRank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
