import {
  Dictionary,
  Field,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { columnCells, timestampCells } from "./column-cells.ts";
import { decimalText } from "./decimal-text.ts";

function batchOf(name: string, vector: Vector): RecordBatch {
  const fields = [new Field(name, vector.type, true)];
  const children = [vector.data[0] as (typeof vector.data)[number]];
  return new RecordBatch(new Schema(fields), makeData({ type: new Struct(fields), length: vector.length, children }));
}

describe("columns of a batch", () => {
  it("may be dictionary-encoded", () => {
    const vector = vectorFromArray(["b", "a", null, "b"], new Dictionary(new Utf8(), new Int32()));
    const cells = columnCells(batchOf("x", vector), "x", "string");
    expect([0, 1, 2, 3].map(cells)).toEqual(["b", "a", null, "b"]);
  });

  it("may be narrower than the feature's type", () => {
    const cells = columnCells(batchOf("x", vectorFromArray([1, null], new Int32())), "x", "long");
    expect([0, 1].map(cells)).toEqual([1n, null]);
  });

  it("that are missing, or of another type, are refused by name", () => {
    const batch = batchOf("x", vectorFromArray([1], new Int32()));
    expect(() => columnCells(batch, "y", "int")).toThrow('no column "y" (there are: x)');
    expect(() => columnCells(batch, "x", "string")).toThrow('column "x" of the rows to write is an Arrow Int32');
    expect(() => timestampCells(batch, "x")).toThrow(expect.objectContaining({ code: "BATCH_INVALID" }));
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
