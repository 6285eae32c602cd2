import type { IcebergType } from "@icecore/iceberg-catalog";
import { Bool, type Data, type DataType, Float32, Float64, Int32, Int64, vectorFromArray } from "apache-arrow";

/** A type whose values JavaScript has, in Arrow. */
interface OwnType {
  readonly arrow: DataType;
  /** Whether a value is one of the type, and no other than its text would be. */
  readonly is: (value: unknown) => boolean;
  readonly convert?: (value: unknown) => unknown;
}

const [leastLong, mostLong] = [-(2n ** 63n), 2n ** 63n - 1n];

const ownTypes: Readonly<Record<string, OwnType>> = {
  boolean: { arrow: new Bool(), is: (value) => typeof value === "boolean" },
  int: { arrow: new Int32(), is: (value) => typeof value === "number" && (value | 0) === value },
  long: {
    arrow: new Int64(),
    is: (value) =>
      Number.isSafeInteger(value) || (typeof value === "bigint" && value >= leastLong && value <= mostLong),
    convert: (value) => BigInt(value as number | bigint),
  },
  float: { arrow: new Float32(), is: (value) => typeof value === "number" && fitsFloat(value) },
  double: { arrow: new Float64(), is: (value) => typeof value === "number" },
};

/**
 * A column's values as they are, where all that are not null are JavaScript's own of its type; undefined elsewhere: they
 * are to be converted by who knows what fits.
 */
export function typedData(values: readonly unknown[], { kind }: IcebergType): Data | undefined {
  const own = Object.hasOwn(ownTypes, kind) ? ownTypes[kind] : undefined;
  if (own === undefined || !values.every((value) => isNull(value) || own.is(value))) return undefined;
  const { arrow, convert = (value) => value } = own;
  return vectorFromArray(
    values.map((value) => (isNull(value) ? null : convert(value))),
    arrow,
  ).data[0];
}

const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

/** What becomes infinite, or nothing, is not what was sent. */
function fitsFloat(value: number): boolean {
  const rounded = Math.fround(value);
  return !Number.isFinite(value) || (Number.isFinite(rounded) && (rounded !== 0 || value === 0));
}
