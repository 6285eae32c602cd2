import { isInteger, parse, stringify } from "lossless-json";
import { markIntegers, printIntegers, unmarkIntegers } from "./marked-integers.ts";

/** JSON without loss: a number that is written as an integer is a bigint, every other number a double. */
export type JsonValue = null | boolean | string | number | bigint | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Parses JSON; 63-bit ids survive. Of members with the same name the last counts. @throws SyntaxError */
export function parseJson(text: string): JsonValue {
  const marked = markIntegers(text);
  try {
    if (marked !== undefined) return unmarkIntegers(JSON.parse(marked)) as JsonValue;
  } catch {
    // Whoever reads the text as it is says best what is wrong with it.
  }
  return parse(text, null, {
    parseNumber: (digits) => (isInteger(digits) ? BigInt(digits) : Number(digits)),
    onDuplicateKey: ({ newValue }) => newValue,
  }) as JsonValue;
}

/** Prints JSON; bigints become bare integers, members that are undefined are left out. */
export function stringifyJson(value: JsonValue, indent?: number): string {
  return printIntegers(value, indent) ?? stringify(value, null, indent) ?? "null";
}
