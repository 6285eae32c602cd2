import fc from "fast-check";
import { expect, test } from "vitest";
import { durationMs, newIdempotencyKey, takesEffect } from "./idempotency-key.ts";

test("a key is a UUID of version 7 that begins with the time", () => {
  const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(time, fc.uint8Array({ minLength: 10, maxLength: 10 }), (nowMs, random) => {
      const key = newIdempotencyKey(nowMs, random);
      expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(key.replaceAll("-", "").slice(0, 12), 16)).toBe(nowMs);
    }),
  );
  expect(new Set(Array.from({ length: 1000 }, () => newIdempotencyKey())).size).toBe(1000);
});

test.each([
  ["PT30M", 1_800_000],
  ["P1DT2H3M4.5S", 93_784_000],
  ["PT5S", 5000],
  ["P1D", 86_400_000],
  ["30 minutes", undefined],
  ["P1Y", undefined],
])("%s is %s milliseconds", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test("what only reads, or only reports, needs no key", () => {
  const routes = ["createTable", "updateTable", "dropTable", "commitTransaction", "renameTable"] as const;
  expect(routes.every(takesEffect)).toBe(true);
  expect((["loadTable", "tableExists", "listTables", "reportMetrics"] as const).some(takesEffect)).toBe(false);
});
