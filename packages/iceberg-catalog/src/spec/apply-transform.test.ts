import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { everyPrimitive, valuesOf } from "../testing/arbitraries.ts";
import { applyTransform, canTransform } from "./apply-transform.ts";
import { bucketHash } from "./bucket-hash.ts";
import { civilFromDays } from "./calendar.ts";
import type { Datum } from "./manifest.ts";
import { parseTransform } from "./transform.ts";
import { type PrimitiveType, parsePrimitive } from "./types.ts";

const type = (name: string) => parsePrimitive(name) as PrimitiveType;
const transformed = (transform: string, source: string, value: Datum | null) =>
  applyTransform(parseTransform(transform), type(source), value);

describe("bucket hash", () => {
  it.each<[string, Datum, number]>([
    ["int", 34, 2017239379],
    ["long", 34n, 2017239379],
    ["decimal(9,2)", 1420n, -500754589],
    ["date", 17486, -653330422],
    ["time", 81068000000n, -662762989],
    ["timestamp", 1510871468000000n, -2047944441],
    ["timestamptz", 1510871468000001n, -1207196810],
    ["string", "iceberg", 1210000089],
    ["uuid", "f79c3e09-677c-4bbd-a479-3f349cb785e7", 1488055340],
    ["fixed[4]", Uint8Array.of(0, 1, 2, 3), -188683207],
    ["binary", Uint8Array.of(0, 1, 2, 3), -188683207],
  ])("of %s %s is the published %d", (name, value, expected) => {
    expect(bucketHash(type(name), value)).toBe(expected);
  });
});

describe("transforms", () => {
  it.each<[string, string, Datum, Datum]>([
    ["year", "timestamp", -1n, -1],
    ["month", "timestamp", -1n, -1],
    ["day", "timestamptz", -1n, -1],
    ["hour", "timestamptz", -1n, -1],
    ["year", "date", 17486, 47],
    ["month", "date", 17486, 47 * 12 + 10],
    ["day", "date", 17486, 17486],
    ["hour", "timestamp", 1510871468000000n, 419686],
    ["truncate[10]", "int", 1, 0],
    ["truncate[10]", "int", -1, -10],
    ["truncate[10]", "long", -1n, -10n],
    ["truncate[3]", "int", -(2 ** 31), 2 ** 31 - 1],
    ["truncate[3]", "long", -(2n ** 63n), 2n ** 63n - 1n],
    ["truncate[50]", "decimal(9,2)", 1065n, 1050n],
    ["truncate[50]", "decimal(9,2)", -1065n, -1100n],
    ["truncate[2]", "string", "\u{1f600}bc", "\u{1f600}b"],
    ["truncate[2]", "binary", Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2)],
    ["bucket[16]", "string", "iceberg", 1210000089 % 16],
    ["identity", "string", "x", "x"],
  ])("%s of %s %s is %s", (transform, source, value, expected) => {
    expect(transformed(transform, source, value)).toEqual(expected);
  });

  it.each(["identity", "void", "bucket[4]", "truncate[3]"])("%s keeps null", (transform) => {
    expect(transformed(transform, "string", null)).toBeNull();
  });

  it("void forgets its value", () => expect(transformed("void", "string", "x")).toBeNull());

  it.each([
    ["bucket[4]", "double", 1],
    ["hour", "date", 1],
    ["truncate[4]", "date", 1],
    ["mystery", "long", 1n],
  ])("%s refuses %s", (transform, source, value) => {
    expect(() => transformed(transform, source, value)).toThrow("cannot be applied to");
  });

  const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });

  it("agree with Date on the units of time, before 1970 too", () => {
    fc.assert(
      fc.property(micros, (time) => {
        const floored = Number((time - (((time % 1000n) + 1000n) % 1000n)) / 1000n);
        const date = new Date(floored);
        const months = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
        expect(transformed("year", "timestamptz", time)).toBe(date.getUTCFullYear() - 1970);
        expect(transformed("month", "timestamptz", time)).toBe(months);
        expect(transformed("day", "timestamptz", time)).toBe(Math.floor(floored / 86_400_000));
        expect(transformed("hour", "timestamptz", time)).toBe(Math.floor(floored / 3_600_000));
      }),
    );
  });

  it("truncate to the multiple below, as long as there is one, and text to its first code points", () => {
    const width = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), width, (value, w) => {
        const result = transformed(`truncate[${w}]`, "long", value) as bigint;
        expect(result % BigInt(w)).toBe(0n);
        expect(result <= value && value - result < BigInt(w)).toBe(true);
        expect(transformed(`truncate[${w}]`, "decimal(38,2)", value)).toBe(result);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 9 }), (text, w) => {
        expect(transformed(`truncate[${w}]`, "string", text)).toBe([...text].slice(0, w).join(""));
      }),
    );
  });

  it("put equal values in equal buckets, whatever their width, and none outside", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 5000 }), (value, n) => {
        const bucket = transformed(`bucket[${n}]`, "int", value) as number;
        expect(bucket).toBe(transformed(`bucket[${n}]`, "long", BigInt(value)));
        expect(bucket).toBe(transformed(`bucket[${n}]`, "date", value));
        expect(Number.isInteger(bucket) && bucket >= 0 && bucket < n).toBe(true);
      }),
    );
  });

  it("can be applied exactly where they can be computed", () => {
    for (const text of ["identity", "void", "bucket[4]", "truncate[3]", "year", "month", "day", "hour", "mystery"]) {
      for (const source of everyPrimitive) {
        const [value] = fc.sample(valuesOf(source), 1);
        const apply = () => applyTransform(parseTransform(text), source, value ?? null);
        if (canTransform(parseTransform(text), source)) expect(apply).not.toThrow();
        else expect(apply).toThrow("cannot be applied to");
      }
    }
  });

  it("agrees with Date on the calendar", () => {
    fc.assert(
      fc.property(fc.integer({ min: -90_000_000, max: 90_000_000 }), (days) => {
        const date = new Date(days * 86_400_000);
        expect(civilFromDays(days)).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        });
      }),
    );
  });
});
