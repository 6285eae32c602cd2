import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { everyPrimitive, valuesOf } from "../testing/arbitraries.ts";
import type { Datum } from "./manifest.ts";
import { type PrimitiveType, typeToString } from "./types.ts";
import { decodeValue, encodeValue } from "./values.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("single-value binary form", () => {
  it.each(everyPrimitive.map((type) => [typeToString(type), type] as const))("%s survives a round trip", (_, type) => {
    fc.assert(
      fc.property(valuesOf(type), (value) => {
        expect(decodeValue(type, encodeValue(type, value))).toEqual(value);
      }),
    );
  });

  it.each<[PrimitiveType, Datum, string]>([
    [{ kind: "boolean" }, true, "01"],
    [{ kind: "int" }, 1, "01000000"],
    [{ kind: "date" }, -1, "ffffffff"],
    [{ kind: "long" }, -2n, "feffffffffffffff"],
    [{ kind: "double" }, -0, "0000000000000080"],
    [{ kind: "decimal", precision: 9, scale: 2 }, 1420n, "058c"],
    [{ kind: "decimal", precision: 9, scale: 2 }, -1n, "ff"],
    [{ kind: "decimal", precision: 9, scale: 2 }, 128n, "0080"],
    [{ kind: "string" }, "é", "c3a9"],
    [{ kind: "uuid" }, "f79c3e09-677c-4bbd-a479-3f349cb785e7", "f79c3e09677c4bbda4793f349cb785e7"],
  ])("%o %s is %s", (type, value, expected) => {
    expect(hex(encodeValue(type, value))).toBe(expected);
  });

  it("reads what was written before a column was widened", () => {
    expect(decodeValue({ kind: "long" }, encodeValue({ kind: "int" }, -7))).toBe(-7n);
    expect(decodeValue({ kind: "double" }, encodeValue({ kind: "float" }, 1.5))).toBe(1.5);
    expect(decodeValue({ kind: "decimal", precision: 30, scale: 2 }, Uint8Array.of(0xff, 0x00))).toBe(-256n);
  });

  it("refuses a value of another type, and bytes that cannot be one", () => {
    expect(() => encodeValue({ kind: "long" }, 1)).toThrow("1 (number) is not a value of type long");
    expect(() => encodeValue({ kind: "int" }, 2 ** 31)).toThrow("not a value of type int");
    expect(() => encodeValue({ kind: "uuid" }, "x")).toThrow("not a UUID");
    expect(() => decodeValue({ kind: "int" }, new Uint8Array(3))).toThrow("3 bytes are not a value of type int");
    expect(() => decodeValue({ kind: "string" }, Uint8Array.of(0xff))).toThrow("not UTF-8");
  });
});
