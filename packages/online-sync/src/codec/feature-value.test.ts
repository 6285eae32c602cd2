import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDecimal } from "../arrow/decimal-text.ts";
import { parseUuid } from "../arrow/uuid-text.ts";
import { encodeValue as encode } from "../testing/encode-value.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { FeatureCell } from "./feature-cell.ts";
import { readFeatureValue } from "./feature-value.ts";
import { readTimestamp, secondsOf, writeTimestamp, writeTimestampWords } from "./timestamp.ts";
import type { ValueKind } from "./value-type.ts";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
const text = fc.string({ unit: "binary" });
const same = <T extends FeatureCell>(values: fc.Arbitrary<T>) =>
  values.map((value) => ({ value, given: value as unknown }));

const typed = (kind: ValueKind, isList = false) => ({ kind, scale: 2, isList });

/** Values as they are read, and as Arrow takes them. */
const values: Readonly<Record<ValueKind, fc.Arbitrary<{ readonly value: FeatureCell; readonly given: unknown }>>> = {
  boolean: same(fc.boolean()),
  int: same(fc.integer()),
  long: same(int64),
  float: same(fc.float()),
  double: same(fc.double()),
  date: fc.integer({ min: -700_000, max: 700_000 }).map((day) => {
    const value = new Date(day * 86_400_000);
    return { value, given: value };
  }),
  time: same(int64),
  timestamp: seconds.map((s) => ({ value: new Date(s * 1000), given: BigInt(s) * 1_000_000n + 999_999n })),
  timestamptz: seconds.map((s) => ({ value: new Date(s * 1000), given: BigInt(s) * 1_000_000n })),
  string: same(text),
  uuid: fc.uuid().map((value) => ({ value, given: parseUuid(value) })),
  binary: same(fc.uint8Array()),
  decimal: fc.integer().map((n) => ({
    value: (n / 100).toFixed(2),
    given: new Uint32Array(parseDecimal((n / 100).toFixed(2), 2).buffer),
  })),
};

describe("feature values", () => {
  it.each(Object.entries(values))("%s: what is written is read", (kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, ({ value, given }) => {
        expect(readFeatureValue(encode(kind as ValueKind, given), typed(kind as ValueKind))).toStrictEqual(value);
      }),
    );
  });

  it.each(Object.entries(values))("lists of %s: what is written is read", (name, arbitrary) => {
    const kind = name as ValueKind;
    fc.assert(
      fc.property(fc.array(arbitrary), (list) => {
        const given = list.map((each) => each.given);
        const read = readFeatureValue(encode(kind, given, true), typed(kind, true));
        expect(read).toStrictEqual(list.map((each) => each.value));
      }),
    );
  });

  it("are lists in whatever form protobuf allows", () => {
    const oneByOne = new BinaryWriter().tag(14, 2).fork().tag(1, 0).int64(7).tag(1, 0).int64(-1).join().finish();
    expect(readFeatureValue(Buffer.from(oneByOne), typed("long", true))).toEqual([7n, -1n]);
    expect(readFeatureValue(encode("float", [0.5], true), typed("double", true))).toEqual([0.5]);
    expect(() => readFeatureValue(encode("float", [0.5], true), typed("float"))).toThrow(/member 16/);
  });

  it("are what a protobuf library reads", () => {
    fc.assert(
      fc.property(int64, text, fc.double(), (long, string, double) => {
        const bytes = Buffer.concat([encode("long", long), encode("string", string), encode("double", double)]);
        const reader = new BinaryReader(bytes);
        expect(reader.tag()).toEqual([4, 0]);
        expect(BigInt(reader.int64())).toBe(long);
        expect(reader.tag()).toEqual([2, 2]);
        expect(reader.string()).toBe(string);
        expect(reader.tag()).toEqual([5, 1]);
        expect(reader.double()).toBe(double);
      }),
    );
  });

  it("are null when empty, and when Feast's Go server says so", () => {
    expect(readFeatureValue(Buffer.alloc(0), typed("long"))).toBeNull();
    const nullValue = new BinaryWriter().tag(19, 0).int32(0).finish();
    expect(readFeatureValue(Buffer.from(nullValue), typed("long"))).toBeNull();
  });

  it("are read in the wider type after their feature's type was widened", () => {
    expect(readFeatureValue(encode("int", -7), typed("long"))).toBe(-7n);
    expect(readFeatureValue(encode("float", 0.5), typed("double"))).toBe(0.5);
  });

  it("of another type are refused", () => {
    expect(() => readFeatureValue(encode("string", "7"), typed("long"))).toThrow(
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
        const words = new ByteWriter();
        const [low, high] = [Number(BigInt.asIntN(32, micros)), Number(micros >> 32n)];
        writeTimestampWords(words, low, high);
        expect(words.view()).toEqual(out.view());
        expect(secondsOf(low, high)).toBe(
          Number((micros - (((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n),
        );
      }),
    );
  });
});
