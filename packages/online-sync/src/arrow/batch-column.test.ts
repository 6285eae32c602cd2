import {
  Bool,
  DateMillisecond,
  Dictionary,
  Field,
  Float16,
  Float64,
  Int8,
  Int16,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampNanosecond,
  TimestampSecond,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { ValueKind } from "../codec/value-type.ts";
import { type BatchColumn, batchColumn } from "./batch-column.ts";
import { decimalText } from "./decimal-text.ts";

function batchOf(name: string, vector: Vector): RecordBatch {
  const fields = [new Field(name, vector.type, true)];
  const children = [vector.data[0] as (typeof vector.data)[number]];
  return new RecordBatch(new Schema(fields), makeData({ type: new Struct(fields), length: vector.length, children }));
}

const text = (column: BatchColumn, row: number) =>
  column.valid(row)
    ? Buffer.from(column.bytes.subarray(column.offsets[row], column.offsets[row + 1])).toString()
    : null;
const type = (kind: ValueKind, scale = 0) => ({ kind, scale });

describe("columns of a batch", () => {
  it("may be dictionary-encoded", () => {
    const vector = vectorFromArray(["b", "a", null, "b"], new Dictionary(new Utf8(), new Int32()));
    const column = batchColumn(batchOf("x", vector), "x", type("string"));
    expect([0, 1, 2, 3].map((row) => text(column, row))).toEqual(["b", "a", null, "b"]);
  });

  it("may be lists, but not with nulls in them", () => {
    const lists = (values: readonly unknown[]) =>
      batchOf("x", vectorFromArray(values, new List(new Field("element", new Int32(), true))));
    const list = { kind: "int", scale: 0, isList: true } as const;
    const column = batchColumn(lists([[1], null, [2, 3]]).slice(1, 3), "x", list);
    expect([column.valid(0), column.valid(1)]).toEqual([false, true]);
    expect(column.elements?.words.slice(column.offsets[1], column.offsets[2])).toEqual(Int32Array.of(2, 3));
    expect(() => batchColumn(lists([[1, null]]), "x", list)).toThrow(/column "x" .* has lists with nulls in them/);
    expect(() => batchColumn(lists([[1]]), "x", type("int"))).toThrow(/List.* cannot be written as int/);
  });

  it("may be slices", () => {
    const strings = batchOf("x", vectorFromArray(["a", "bc", null, "d"], new Utf8())).slice(1, 4);
    const column = batchColumn(strings, "x", type("string"));
    expect([0, 1, 2].map((row) => text(column, row))).toEqual(["bc", null, "d"]);
    const flags = batchOf("x", vectorFromArray([true, false, null, true], new Bool())).slice(1, 4);
    const { valid, bytes, bitOffset } = batchColumn(flags, "x", type("boolean"));
    const bit = (row: number) => ((bytes[(bitOffset + row) >> 3] as number) >> ((bitOffset + row) & 7)) & 1;
    expect([0, 1, 2].map((row) => (valid(row) ? bit(row) : null))).toEqual([0, null, 1]);
  });

  it.each<[string, Vector, ValueKind, number[]]>([
    ["narrower integers", vectorFromArray([1, -2], new Int8()), "long", [1, 0, -2, -1]],
    ["narrower integers", vectorFromArray([1, -2], new Int16()), "int", [1, -2]],
    ["seconds", vectorFromArray([2000], new TimestampSecond()), "timestamp", [2_000_000, 0]],
    ["nanoseconds", vectorFromArray([0.001], new TimestampNanosecond()), "timestamptz", [1, 0]],
    ["dates in milliseconds", vectorFromArray([new Date(-1)], new DateMillisecond()), "date", [-1]],
    ["wider floats", vectorFromArray([0.5], new Float64()), "float", [...new Int32Array(Float32Array.of(0.5).buffer)]],
    ["half floats", vectorFromArray([0.5], new Float16()), "double", [...new Int32Array(Float64Array.of(0.5).buffer)]],
    ["text", vectorFromArray(["-1.5"], new Utf8()), "decimal", [...Uint8Array.of(0x6a, ...new Array(15).fill(255))]],
    [
      "text",
      vectorFromArray(["00112233-4455-6677-8899-AABBCCDDEEFF"], new Utf8()),
      "uuid",
      Array.from({ length: 16 }, (_, i) => i * 17),
    ],
  ])("may be %s", (_, vector, kind, values) => {
    const column = batchColumn(batchOf("x", vector), "x", type(kind, kind === "decimal" ? 2 : 0));
    const found = kind === "decimal" || kind === "uuid" ? column.bytes : column.words;
    expect([...found].slice(0, values.length)).toEqual(values);
  });

  it("that are missing, or of another type, are refused by name", () => {
    const batch = batchOf("x", vectorFromArray([1], new Int32()));
    expect(() => batchColumn(batch, "y", type("int"))).toThrow('no column "y" (there are: x)');
    expect(() => batchColumn(batch, "x", type("string"))).toThrow('column "x" of the rows to write is an Arrow Int32');
    const words = batchOf("x", vectorFromArray(["1.234"], new Utf8()));
    expect(() => batchColumn(words, "x", type("decimal", 2))).toThrow('"1.234" is no decimal of scale 2');
    expect(() => batchColumn(words, "x", type("uuid"))).toThrow(expect.objectContaining({ code: "BATCH_INVALID" }));
  });
});

describe("decimals", () => {
  it.each([
    [12345n, 2, "123.45"],
    [-5n, 2, "-0.05"],
    [0n, 0, "0"],
    [10n ** 37n, 38, `0.1${"0".repeat(37)}`],
  ])("%i with scale %i", (unscaled, scale, text) => {
    const words = Uint32Array.from([0n, 32n, 64n, 96n].map((shift) => Number(BigInt.asUintN(32, unscaled >> shift))));
    expect(decimalText(words, scale)).toBe(text);
  });
});
