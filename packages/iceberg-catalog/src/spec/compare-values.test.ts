import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareValues } from "./compare-values.ts";
import { truncateString, truncateUpperBytes, truncateUpperString } from "./truncate-bounds.ts";

const utf8 = (text: string) => Buffer.from(text, "utf8");
const text = fc.string({ unit: "binary", maxLength: 12 });

describe("compareValues", () => {
  it("orders strings by their UTF-8 bytes", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(compareValues(a, b)).toBe(Buffer.compare(utf8(a), utf8(b)));
      }),
    );
    expect(compareValues("\uffff", "\u{10000}")).toBe(-1);
  });

  it("orders floats as Iceberg does: -0 before 0, NaN last", () => {
    const ordered = [Number.NEGATIVE_INFINITY, -1, -0, 0, 1, Number.POSITIVE_INFINITY, Number.NaN];
    for (const [i, a] of ordered.entries()) {
      for (const [j, b] of ordered.entries()) expect(compareValues(a, b)).toBe(Math.sign(i - j));
    }
  });

  it("orders bytes unsigned", () => {
    expect(compareValues(Uint8Array.of(0x80), Uint8Array.of(0x7f, 0xff))).toBe(1);
  });
});

describe("truncated bounds", () => {
  it("an upper string bound is never below the string, and a lower one never above", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), (value, length) => {
        expect(compareValues(truncateString(value, length), value)).toBeLessThanOrEqual(0);
        const upper = truncateUpperString(value, length);
        if (upper === undefined) return;
        expect(compareValues(upper, value)).toBeGreaterThanOrEqual(0);
        expect([...upper].length).toBeLessThanOrEqual(length);
        expect(Buffer.from(upper).toString()).toBe(upper);
      }),
    );
  });

  it("increments the last code point, skips surrogates, carries left, or gives up", () => {
    expect(truncateUpperString("abc", 2)).toBe("ac");
    expect(truncateUpperString("a\ud7ffz", 2)).toBe("a\ue000");
    expect(truncateUpperString("a\u{10ffff}z", 2)).toBe("b");
    expect(truncateUpperString("\u{10ffff}z", 1)).toBeUndefined();
    expect(truncateUpperString("ab", 2)).toBe("ab");
    expect(truncateString("\u{1f600}\u{1f601}x", 2)).toBe("\u{1f600}\u{1f601}");
  });

  it("increments the last byte that can be, or gives up", () => {
    expect(truncateUpperBytes(Uint8Array.of(1, 2, 3), 2)).toEqual(Uint8Array.of(1, 3));
    expect(truncateUpperBytes(Uint8Array.of(1, 0xff, 3), 2)).toEqual(Uint8Array.of(2));
    expect(truncateUpperBytes(Uint8Array.of(0xff, 0xff, 3), 2)).toBeUndefined();
  });
});
