import { expect, it } from "vitest";
import { WantedRows } from "./wanted-rows.ts";

const [a, b, c] = [Buffer.from("a"), Buffer.from("b"), Buffer.from("c")];

it("numbers the rows of all readers that have a key, and knows whose each is", () => {
  const wanted = new WantedRows<string>();
  wanted.add("none", []);
  wanted.add("all", [a, b]);
  wanted.add("nobody", [undefined]);
  wanted.add("some", [undefined, c, undefined, a]);
  const rows = Array.from({ length: wanted.count }, (_, i) => [wanted.readerOf(i), wanted.rowOf(i), wanted.keyOf(i)]);
  expect(rows).toEqual([
    ["all", 0, a],
    ["all", 1, b],
    ["some", 1, c],
    ["some", 3, a],
  ]);
});
