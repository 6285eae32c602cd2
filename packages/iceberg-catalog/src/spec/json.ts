import { isInteger, parse, stringify } from "lossless-json";

/** JSON without loss: a number that is written as an integer is a bigint, every other number a double. */
export type JsonValue = null | boolean | string | number | bigint | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Parses JSON; 63-bit ids survive. @throws SyntaxError */
export function parseJson(text: string): JsonValue {
  return parse(text, null, {
    parseNumber: (digits) => (isInteger(digits) ? BigInt(digits) : Number(digits)),
  }) as JsonValue;
}

/** Prints JSON; bigints become bare integers, members that are undefined are left out. */
export function stringifyJson(value: JsonValue, indent?: number): string {
  return stringify(value, null, indent) ?? "null";
}
