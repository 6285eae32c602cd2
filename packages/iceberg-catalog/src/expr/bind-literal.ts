import { IcebergError } from "../errors.ts";
import type { Datum } from "../spec/manifest.ts";
import { type PrimitiveType, type SimplePrimitive, typeToString } from "../spec/types.ts";
import { uuidFromBytes, uuidToBytes } from "../spec/uuid.ts";
import { describeValue } from "../spec/values.ts";

/** A literal of its column's type, or the side on which it lies outside the range of that type. */
export type BoundLiteral = { readonly value: Datum } | { readonly outside: "below" | "above" };

/** Converts a literal where nothing is lost: whole numbers to int, long, float. @throws IcebergError `INVALID_ARGUMENT` */
export function bindLiteral(column: string, type: PrimitiveType, literal: Datum): BoundLiteral {
  if (Number.isNaN(literal)) {
    throw new IcebergError("INVALID_ARGUMENT", `column "${column}" cannot be compared with NaN; use is-nan or not-nan`);
  }
  const value = convert(type, literal);
  if (value === undefined) {
    throw new IcebergError(
      "INVALID_ARGUMENT",
      `column "${column}" is ${typeToString(type)} and cannot be compared with ${describeValue(literal)}`,
    );
  }
  return value;
}

function convert(type: PrimitiveType, literal: Datum): BoundLiteral | undefined {
  switch (type.kind) {
    case "decimal":
      return bigintLiteral(literal);
    case "fixed":
      return bytesLiteral(literal);
    default:
      return simpleLiterals[type.kind](literal);
  }
}

type LiteralConverter = (literal: Datum) => BoundLiteral | undefined;

const intLiteral: LiteralConverter = (literal) => (isWhole(literal) ? integerOf("int", BigInt(literal)) : undefined);
const bigintLiteral: LiteralConverter = (literal) => (typeof literal === "bigint" ? { value: literal } : undefined);
const bytesLiteral: LiteralConverter = (literal) => (literal instanceof Uint8Array ? { value: literal } : undefined);

const simpleLiterals: Readonly<Record<SimplePrimitive, LiteralConverter>> = {
  boolean: (literal) => (typeof literal === "boolean" ? { value: literal } : undefined),
  int: intLiteral,
  date: intLiteral,
  long: (literal) => (isWhole(literal) ? integerOf("long", BigInt(literal)) : undefined),
  float: (literal) => (isNumeric(literal) ? { value: Math.fround(Number(literal)) } : undefined),
  double: (literal) => (isNumeric(literal) ? { value: Number(literal) } : undefined),
  time: bigintLiteral,
  timestamp: bigintLiteral,
  timestamptz: bigintLiteral,
  string: (literal) => (typeof literal === "string" ? { value: literal } : undefined),
  uuid: (literal) => (typeof literal === "string" ? { value: uuidFromBytes(uuidToBytes(literal)) } : undefined),
  binary: bytesLiteral,
};

const isNumeric = (literal: Datum): literal is number | bigint =>
  typeof literal === "number" || typeof literal === "bigint";

const isWhole = (literal: Datum): literal is number | bigint =>
  typeof literal === "bigint" || Number.isInteger(literal);

function integerOf(kind: "int" | "long", value: bigint): BoundLiteral {
  const bits = kind === "int" ? 32 : 64;
  if (BigInt.asIntN(bits, value) !== value) return { outside: value < 0n ? "below" : "above" };
  return { value: kind === "int" ? Number(value) : value };
}
