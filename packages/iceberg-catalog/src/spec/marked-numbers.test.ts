import fc from "fast-check";
import { parse } from "lossless-json";
import { expect, it } from "vitest";
import { parseLongJson } from "./json.ts";
import { markNumbers } from "./marked-numbers.ts";

const lossless = (text: string) =>
  parse(text, null, {
    parseNumber: (digits) => (/^-?\d+$/.test(digits) ? BigInt(digits) : Number(digits)),
    onDuplicateKey: ({ newValue }) => newValue,
  });

/** The value, or that the text is none. */
function outcome(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return SyntaxError;
  }
}

const readsAlike = (text: string): void => {
  expect(outcome(parseLongJson, text)).toEqual(outcome(lossless, text));
};

it("reads integers of any size, and other numbers as doubles", () => {
  const text = `{"a": [9223372036854775807, -9223372036854775808, 0, -0, 1.0, 1e3, -2.5E-3], "b": {"__proto__": 7}}`;
  expect(parseLongJson(text)).toEqual(lossless(text));
  expect(parseLongJson("12345678901234567890123")).toBe(12345678901234567890123n);
  expect(parseLongJson("[999999999999999, -99999999999999, 9007199254740993, 1.0]")).toEqual([
    999999999999999n,
    -99999999999999n,
    9007199254740993n,
    1,
  ]);
});

it.each([
  '"1"',
  String.raw`"\u00011"`,
  String.raw`{"\u00011": "\\\"1\\", "c": "\\"}`,
  String.raw`["a\"1", 1, "\\", 2]`,
  '{"a": 1, "a": 2}',
  "[1 , 2\n]",
  "{1: 2}",
  "{1.5 : 2}",
  "{12345678901234567890:1}",
  "01",
  "-",
  "-x",
  "--1",
  "[1 2]",
  "1x",
  "[1,]",
  '"1',
  "-1-2",
  "1.",
  "1e",
  "1.5.5",
  '{"a":1}}',
  "",
])("reads %s, or refuses it, as a parser of the text itself does", readsAlike);

it("reads whatever JSON says, and refuses what is none", () => {
  const json = fc.json({ maxDepth: 4 }).map((text) => text.replace(/\d+(?=[,\]}])/, "9007199254740993"));
  fc.assert(fc.property(json, readsAlike));
  const marks = String.raw`\u0001`;
  const pieces = fc.constantFrom("{", "}", "[", "]", ":", ",", '"', "\\", marks, "1", "-", "0", ".", "e", " ", "a");
  const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(fc.property(texts, readsAlike), { numRuns: 3000 });
});

it("leaves to others what looks as if it were marked", () => {
  expect(markNumbers(String.raw`["\u0001", 1.5]`)).toBeUndefined();
  expect(markNumbers(`["a", 1, 1.5]`)).toBe(String.raw`["a", 1, "\u00011.5"]`);
});
