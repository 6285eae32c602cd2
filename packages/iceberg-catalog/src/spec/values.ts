import { IcebergError } from "../errors.ts";
import type { Datum } from "./manifest.ts";
import { type PrimitiveType, typeToString } from "./types.ts";
import { codecOf } from "./value-codecs.ts";

/**
 * A value in single-value binary form, as column bounds are kept (spec, "Binary Single-Value Serialization").
 * @throws IcebergError `INVALID_ARGUMENT` when the value is not of the type
 */
export function encodeValue(type: PrimitiveType, value: Datum): Uint8Array {
  const bytes = codecOf(type).encode(value);
  if (bytes !== undefined) return bytes;
  throw new IcebergError("INVALID_ARGUMENT", `${describeValue(value)} is not a value of type ${typeToString(type)}`);
}

/**
 * The value of bytes in single-value binary form. A value written before its column was widened is shorter than the
 * type asks for, so the length decides what was written.
 * @throws IcebergError `DATA_INVALID` when the bytes cannot be a value of the type
 */
export function decodeValue(type: PrimitiveType, bytes: Uint8Array): Datum {
  const value = codecOf(type).decode(bytes);
  if (value !== undefined) return value;
  throw new IcebergError("DATA_INVALID", `${bytes.length} bytes are not a value of type ${typeToString(type)}`);
}

/** A value as an error message shows it: with its type where the value alone would mislead. */
export function describeValue(value: Datum): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === "bigint" ? `${value} (bigint)` : `${value} (${typeof value})`;
}
