import type { IcebergType } from "@icecore/iceberg-catalog";
import { Bool, type Data, type DataType, Float32, Float64, Int32, Int64, vectorFromArray } from "apache-arrow";
import { isNull } from "./value-columns.ts";

/** A type whose values JavaScript has, in Arrow. */
interface OwnType {
  readonly arrow: DataType;
  /** Whether a value is one of the type, so that its text would become the same. */
  readonly is: (value: unknown) => boolean;
  readonly convert: (value: unknown) => unknown;
}

const same = (value: unknown): unknown => value;
const isWithin = (least: bigint, most: bigint) => (value: unknown) =>
  Number.isInteger(value) || typeof value === "bigint"
    ? (value as bigint) >= least && (value as bigint) <= most
    : false;
/** What a double holds exactly. */
const isSafe = isWithin(BigInt(Number.MIN_SAFE_INTEGER), BigInt(Number.MAX_SAFE_INTEGER));
const isLong = isWithin(-(2n ** 63n), 2n ** 63n - 1n);

const ownTypes: Readonly<Record<string, OwnType>> = {
  boolean: { arrow: new Bool(), is: (value) => typeof value === "boolean", convert: same },
  int: { arrow: new Int32(), is: isWithin(-(2n ** 31n), 2n ** 31n - 1n), convert: Number },
  long: {
    arrow: new Int64(),
    is: (value) => isSafe(value) || (typeof value === "bigint" && isLong(value)),
    convert: (value) => BigInt(value as number | bigint),
  },
  float: { arrow: new Float32(), is: (value) => isSafe(value) || fitsFloat(value), convert: Number },
  double: { arrow: new Float64(), is: (value) => isSafe(value) || typeof value === "number", convert: Number },
};

/**
 * A column's values as they are, where all that are not null are JavaScript's own of its type; undefined elsewhere: they
 * are to be converted by who knows what fits.
 */
export function typedData(values: readonly unknown[], { kind }: IcebergType): Data | undefined {
  const own = Object.hasOwn(ownTypes, kind) ? ownTypes[kind] : undefined;
  if (own === undefined || !values.every((value) => isNull(value) || own.is(value))) return undefined;
  const { arrow, convert } = own;
  return vectorFromArray(
    values.map((value) => (isNull(value) ? null : convert(value))),
    arrow,
  ).data[0];
}

/** A number as text of which a column of that type makes the number that it would be there without. */
export function numberText(value: number, kind: IcebergType["kind"] | undefined): string {
  if (kind !== "float" && kind !== "double") return String(value);
  const held = kind === "float" && fitsFloat(value) ? Math.fround(value) : value;
  return Object.is(held, -0) ? "-0" : String(held);
}

/** What becomes infinite, or nothing, is not what was sent. */
function fitsFloat(value: unknown): boolean {
  if (typeof value !== "number") return false;
  const rounded = Math.fround(value);
  return !Number.isFinite(value) || (Number.isFinite(rounded) && (rounded !== 0 || value === 0));
}
