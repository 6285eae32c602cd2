import fc from "fast-check";
import { expect, it } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

it.each([
  ["90s", 90],
  ["15m", 900],
  ["36h", 129_600],
  ["7d", 604_800],
  ["2w", 1_209_600],
  ["0s", 0],
  ["", undefined],
  ["1", undefined],
  ["d", undefined],
  ["1.5h", undefined],
  ["-1d", undefined],
  ["1 d", undefined],
  ["1y", undefined],
  ["99999999999999999s", undefined],
] as const)("%s is %s seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it("reads what it writes", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
});
