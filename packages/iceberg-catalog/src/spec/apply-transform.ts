import { IcebergError } from "../errors.ts";
import { bucketOf } from "./bucket-hash.ts";
import { civilFromDays, floorDivide, microsPerDay, microsPerHour } from "./calendar.ts";
import type { Datum } from "./manifest.ts";
import { type Transform, transformToString } from "./transform.ts";
import { truncateString } from "./truncate-bounds.ts";
import { type PrimitiveType, typeToString } from "./types.ts";

/** What a transform yields for a source column's type (spec, "Partition Transforms"). An unknown one: undefined. */
export function transformResultType(transform: Transform, source: PrimitiveType): PrimitiveType | undefined {
  switch (transform.kind) {
    case "identity":
    case "truncate":
    case "void":
      return source;
    case "bucket":
    case "year":
    case "month":
    case "hour":
      return { kind: "int" };
    case "day":
      return { kind: "date" };
    case "unknown":
      return undefined;
  }
}

const truncatable: readonly PrimitiveType["kind"][] = ["int", "long", "decimal", "string", "binary"];
const timestamps: readonly PrimitiveType["kind"][] = ["timestamp", "timestamptz"];
const notHashable: readonly PrimitiveType["kind"][] = ["boolean", "float", "double"];

/** Whether a transform is one that this package computes, and takes values of the type (spec, "Partition Transforms"). */
export function canTransform(transform: Transform, { kind }: PrimitiveType): boolean {
  switch (transform.kind) {
    case "identity":
    case "void":
      return true;
    case "bucket":
      return !notHashable.includes(kind);
    case "truncate":
      return truncatable.includes(kind);
    case "year":
    case "month":
    case "day":
      return kind === "date" || timestamps.includes(kind);
    case "hour":
      return timestamps.includes(kind);
    case "unknown":
      return false;
  }
}

/**
 * The partition value of a column's value; null stays null.
 * @throws IcebergError `INVALID_ARGUMENT` when the transform cannot be applied to the type
 */
export function applyTransform(transform: Transform, source: PrimitiveType, value: Datum | null): Datum | null {
  if (value === null) return null;
  switch (transform.kind) {
    case "identity":
      return value;
    case "void":
      return null;
    case "bucket":
      return bucketOf(source, value, transform.buckets) ?? refuse(transform, source);
    case "truncate":
      return truncateValue(source, value, transform.width) ?? refuse(transform, source);
    case "year":
    case "month":
    case "day":
    case "hour":
      return timeUnit(transform.kind, source, value) ?? refuse(transform, source);
    case "unknown":
      return refuse(transform, source);
  }
}

function refuse(transform: Transform, source: PrimitiveType): never {
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `the transform ${transformToString(transform)} cannot be applied to ${typeToString(source)}`,
  );
}

/** Ints and longs wrap around below their minimum, as in every other implementation. */
function truncateValue(source: PrimitiveType, value: Datum, width: number): Datum | undefined {
  if (source.kind === "int" && typeof value === "number") return (value - modulo(value, width)) | 0;
  if (source.kind === "long" && typeof value === "bigint") return BigInt.asIntN(64, floorTo(value, BigInt(width)));
  if (source.kind === "decimal" && typeof value === "bigint") return floorTo(value, BigInt(width));
  if (source.kind === "string" && typeof value === "string") return truncateString(value, width);
  if (source.kind === "binary" && value instanceof Uint8Array) return value.subarray(0, width);
  return undefined;
}

const modulo = (value: number, width: number): number => ((value % width) + width) % width;
const floorTo = (value: bigint, width: bigint): bigint => floorDivide(value, width) * width;

/** Whole units since 1970, rounded toward negative infinity. */
function timeUnit(unit: "year" | "month" | "day" | "hour", source: PrimitiveType, value: Datum): number | undefined {
  const isTimestamp = source.kind === "timestamp" || source.kind === "timestamptz";
  if (unit === "hour") {
    return isTimestamp && typeof value === "bigint" ? Number(floorDivide(value, microsPerHour)) : undefined;
  }
  const days = isTimestamp && typeof value === "bigint" ? Number(floorDivide(value, microsPerDay)) : value;
  if (typeof days !== "number" || (source.kind !== "date" && !isTimestamp)) return undefined;
  if (unit === "day") return days;
  const { year, month } = civilFromDays(days);
  return unit === "year" ? year - 1970 : (year - 1970) * 12 + month - 1;
}
