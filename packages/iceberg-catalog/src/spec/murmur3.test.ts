import { expect, it } from "vitest";
import { murmur3 } from "./murmur3.ts";

/** Appleby's reference values: empty input, seeds, and every length of the tail. */
it.each([
  ["", 0, 0],
  ["", 1, 0x514e28b7],
  ["", 0xffffffff, 0x81f16f39],
  ["\0\0\0\0", 0, 0x2362f9de],
  ["aaaa", 0x9747b28c, 0x5a97808a],
  ["aaa", 0x9747b28c, 0x283e0130],
  ["aa", 0x9747b28c, 0x5d211726],
  ["a", 0x9747b28c, 0x7fa09ea6],
  ["Hello, world!", 0x9747b28c, 0x24884cba],
])("murmur3 of %j with seed %d", (text, seed, expected) => {
  expect(murmur3(Buffer.from(text), seed) >>> 0).toBe(expected);
});
