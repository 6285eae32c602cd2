import fc from "fast-check";
import { parse, stringify } from "lossless-json";
import { expect, it } from "vitest";
import { type JsonValue, parseJson, stringifyJson } from "./json.ts";
import { markIntegers } from "./marked-integers.ts";

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

it("reads integers of any size, and other numbers as doubles", () => {
  const text = `{"a": [9223372036854775807, -9223372036854775808, 0, -0, 1.0, 1e3, -2.5E-3], "b": {"__proto__": 7}}`;
  expect(parseJson(text)).toEqual(lossless(text));
  expect(parseJson("12345678901234567890123")).toBe(12345678901234567890123n);
});

it.each([
  '"1"',
  String.raw`"\u00011"`,
  String.raw`{"\u00011": "\\\"1\\", "c": "\\"}`,
  String.raw`["a\"1", 1, "\\", 2]`,
  '{"a": 1, "a": 2}',
  "[1 , 2\n]",
  "{1: 2}",
  "{1 : 2}",
  "01",
  "-",
  "[1 2]",
  "1x",
  "[1,]",
  '"1',
  "-1-2",
  "1.",
  '{"a":1}}',
  "",
])("reads %s, or refuses it, as a parser of the text itself does", (text) => {
  expect(outcome(parseJson, text)).toEqual(outcome(lossless, text));
});

const readsAlike = (text: string): void => {
  expect(outcome(parseJson, text)).toEqual(outcome(lossless, text));
};

it("reads whatever JSON says, and refuses what is none", () => {
  const json = fc.json({ maxDepth: 4 }).map((text) => text.replace(/\d+(?=[,\]}])/, "9007199254740993"));
  fc.assert(fc.property(json, readsAlike));
  const marks = String.raw`\u0001`;
  const pieces = fc.constantFrom("{", "}", "[", "]", ":", ",", '"', "\\", marks, "1", "-", "0", ".", "e", " ", "a");
  const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(fc.property(texts, readsAlike), { numRuns: 3000 });
});

const odd = ["\u00011", 'x"\u00015', 'x\\"\u00015"', "\u0001"];

it("prints what can be read again, as who prints it member by member does", () => {
  const leaf = fc.oneof(
    fc.bigInt(),
    fc.double({ noNaN: true }),
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, ...odd),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("value")),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...odd)), tie("value")),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2), (json, indent) => {
      expect(stringifyJson(json as JsonValue, indent)).toBe(stringify(json, null, indent));
    }),
  );
  expect(stringifyJson({ a: undefined, b: [1n, "\\u00012"] })).toBe(String.raw`{"b":[1,"\\u00012"]}`);
});

it("leaves to others what looks as if it were marked", () => {
  expect(markIntegers(String.raw`["\u0001", 1]`)).toBeUndefined();
  expect(markIntegers(`["a", 1]`)).toBe(String.raw`["a", "\u00011"]`);
});
