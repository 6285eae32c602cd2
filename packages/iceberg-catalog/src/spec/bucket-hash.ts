import { bigintToBytes } from "./big-endian.ts";
import type { Datum } from "./manifest.ts";
import { murmur3 } from "./murmur3.ts";
import type { PrimitiveType } from "./types.ts";
import { encodeValue } from "./values.ts";

/**
 * The 32-bit hash of a value (spec, "Appendix B: 32-bit Hash Requirements"); undefined for the types that have none.
 * An int and a date hash as a long, so that widening a column moves no row.
 */
export function bucketHash(type: PrimitiveType, value: Datum): number | undefined {
  switch (type.kind) {
    case "int":
    case "date":
      return typeof value === "number" ? hashLong(BigInt(value)) : undefined;
    case "long":
    case "time":
    case "timestamp":
    case "timestamptz":
      return typeof value === "bigint" ? hashLong(value) : undefined;
    case "decimal":
      return typeof value === "bigint" ? murmur3(bigintToBytes(value)) : undefined;
    case "string":
    case "uuid":
    case "fixed":
    case "binary":
      return murmur3(encodeValue(type, value));
    case "boolean":
    case "float":
    case "double":
      return undefined;
  }
}

/** The bucket of a value, from 0; undefined for the types that have no hash. */
export function bucketOf(type: PrimitiveType, value: Datum, buckets: number): number | undefined {
  const hash = bucketHash(type, value);
  return hash === undefined ? undefined : (hash & 0x7fffffff) % buckets;
}

const hashLong = (value: bigint): number => murmur3(encodeValue({ kind: "long" }, value));
