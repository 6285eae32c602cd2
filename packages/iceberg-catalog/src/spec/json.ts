import { isInteger, parse, stringify } from "lossless-json";
import { markNumbers, unmarkNumbers } from "./marked-numbers.ts";

/** JSON without loss: a number that is written as an integer is a bigint, every other number a double. */
export type JsonValue = null | boolean | string | number | bigint | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Parses JSON; 63-bit ids survive. @throws SyntaxError, also for two members of the same name whose values differ */
export function parseJson(text: string): JsonValue {
  return parse(text, null, {
    parseNumber: (digits) => (isInteger(digits) ? BigInt(digits) : Number(digits)),
  }) as JsonValue;
}

/**
 * {@link parseJson} for what is long and mostly text, as metadata is, in a third of the time. Of members of the same name the
 * last counts, as for the reference implementation.
 */
export function parseLongJson(text: string): JsonValue {
  const marked = markNumbers(text);
  if (marked === undefined) return parseJson(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(marked);
  } catch {
    // Whoever reads the text as it is says best what is wrong with it.
    return parseJson(text);
  }
  return unmarkNumbers(parsed) as JsonValue;
}

/** Prints JSON; bigints become bare integers, members that are undefined are left out. */
export function stringifyJson(value: JsonValue, indent?: number): string {
  return stringify(value, null, indent) ?? "null";
}
