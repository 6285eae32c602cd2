import fc from "fast-check";
import type { Datum } from "../spec/manifest.ts";
import { type PrimitiveType, type SimplePrimitive, simplePrimitives } from "../spec/types.ts";

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const simpleValues: Readonly<Record<SimplePrimitive, fc.Arbitrary<Datum>>> = {
  boolean: fc.boolean(),
  int: int32,
  long: int64,
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  date: int32,
  time: fc.bigInt({ min: 0n, max: 86_399_999_999n }),
  timestamp: int64,
  timestamptz: int64,
  string: fc.string({ unit: "binary", maxLength: 20 }),
  uuid: fc.uuid(),
  binary: fc.uint8Array({ maxLength: 20 }),
};

/** Every primitive type of formats 1 and 2. */
export const everyPrimitive: readonly PrimitiveType[] = [
  ...simplePrimitives.map((kind) => ({ kind })),
  { kind: "decimal", precision: 9, scale: 2 },
  { kind: "decimal", precision: 38, scale: 10 },
  { kind: "fixed", length: 5 },
];

/** Values of a type; NaN is left out, for bounds never hold it. */
export function valuesOf(type: PrimitiveType): fc.Arbitrary<Datum> {
  switch (type.kind) {
    case "decimal": {
      const limit = 10n ** BigInt(type.precision) - 1n;
      return fc.bigInt({ min: -limit, max: limit });
    }
    case "fixed":
      return fc.uint8Array({ minLength: type.length, maxLength: type.length });
    default:
      return simpleValues[type.kind];
  }
}
