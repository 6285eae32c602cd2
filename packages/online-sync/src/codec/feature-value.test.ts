import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "./byte-writer.ts";
import { type FeatureCell, type FeatureKind, readFeatureValue, writeFeatureValue } from "./feature-value.ts";
import { readTimestamp, writeTimestamp } from "./timestamp.ts";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const wholeSeconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }).map((s) => new Date(s * 1000));
const text = fc.string({ unit: "binary" });

const values: Readonly<Record<FeatureKind, fc.Arbitrary<FeatureCell>>> = {
  boolean: fc.boolean(),
  int: fc.integer(),
  long: int64,
  float: fc.float(),
  double: fc.double(),
  date: wholeSeconds,
  time: int64,
  timestamp: wholeSeconds,
  timestamptz: wholeSeconds,
  string: text,
  uuid: fc.uuid(),
  binary: fc.uint8Array(),
  decimal: text,
};

function encode(kind: FeatureKind, value: FeatureCell | null): Buffer {
  const out = new ByteWriter();
  writeFeatureValue(out, kind, value);
  return out.view();
}

describe("feature values", () => {
  it.each(Object.entries(values))("%s: what is written is read", (kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(readFeatureValue(encode(kind as FeatureKind, value), kind as FeatureKind)).toStrictEqual(value);
      }),
    );
  });

  it("are what a protobuf library reads", () => {
    fc.assert(
      fc.property(int64, text, fc.double(), (long, string, double) => {
        const bytes = Buffer.concat([encode("long", long), encode("decimal", string), encode("double", double)]);
        const reader = new BinaryReader(bytes);
        expect(reader.tag()).toEqual([4, 0]);
        expect(BigInt(reader.int64())).toBe(long);
        expect(reader.tag()).toEqual([44, 2]);
        expect(reader.string()).toBe(string);
        expect(reader.tag()).toEqual([5, 1]);
        expect(reader.double()).toBe(double);
      }),
    );
  });

  it("are null when empty, and when Feast's Go server says so", () => {
    expect(readFeatureValue(Buffer.alloc(0), "long")).toBeNull();
    const nullValue = new BinaryWriter().tag(19, 0).int32(0).finish();
    expect(readFeatureValue(Buffer.from(nullValue), "long")).toBeNull();
  });

  it("are read in the wider type after their feature's type was widened", () => {
    expect(readFeatureValue(encode("int", -7), "long")).toBe(-7n);
    expect(readFeatureValue(encode("float", 0.5), "double")).toBe(0.5);
  });

  it("of another type are refused", () => {
    expect(() => readFeatureValue(encode("string", "7"), "long")).toThrow(
      expect.objectContaining({
        code: "STORE_INVALID",
        message: expect.stringContaining("materialize the view in full"),
      }),
    );
  });
});

describe("timestamps", () => {
  it("are read as they were written, before 1970 too", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }), (micros) => {
        const out = new ByteWriter();
        writeTimestamp(out, micros);
        expect(readTimestamp(out.view())).toBe(micros);
      }),
    );
  });
});
