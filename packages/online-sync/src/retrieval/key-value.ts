import type { JoinKey } from "@icecore/feature-registry";
import type { KeyValue } from "../codec/entity-key.ts";
import { OnlineStoreError } from "../errors.ts";

const expected: Readonly<Record<JoinKey["type"], string>> = {
  string: "a string",
  int: "a whole number of 32 bits",
  long: "a whole number of 64 bits; as a string when it is beyond 2^53",
  timestamptz: "a timestamp such as 2026-01-31T12:00:00Z",
  binary: "bytes, or base64 text",
};

/**
 * A join key's value as a caller gave it, perhaps in JSON: whole numbers may be numbers, bigints or digits in a string,
 * timestamps Date or ISO 8601 with a zone, binary bytes or base64. Null and undefined: no entity.
 * @throws OnlineStoreError `ENTITY_INVALID`
 */
export function parseKeyValue(value: unknown, type: JoinKey["type"], column: string, row: number): KeyValue | null {
  if (value === null || value === undefined) return null;
  const parsed = parse(value, type);
  if (parsed !== undefined) return parsed;
  throw new OnlineStoreError(
    "ENTITY_INVALID",
    `entity column "${column}", row ${row}: ${describe(value)} is no ${type}; give ${expected[type]}`,
  );
}

function parse(value: unknown, type: JoinKey["type"]): KeyValue | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "int": {
      const integer = parseInteger(value, 32);
      return integer === undefined ? undefined : Number(integer);
    }
    case "long":
      return Number.isSafeInteger(value) ? (value as number) : parseInteger(value, 64);
    case "timestamptz":
      return parseInstant(value);
    case "binary":
      return value instanceof Uint8Array ? value : parseBase64(value);
  }
}

function parseInteger(value: unknown, bits: number): bigint | undefined {
  const whole =
    typeof value === "bigint" ||
    (typeof value === "number" && Number.isSafeInteger(value)) ||
    (typeof value === "string" && /^-?\d{1,20}$/.test(value));
  if (!whole) return undefined;
  const integer = BigInt(value);
  return BigInt.asIntN(bits, integer) === integer ? integer : undefined;
}

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function parseInstant(value: unknown): Date | undefined {
  const text = typeof value === "string" && isoInstant.test(value) ? value : undefined;
  const date = value instanceof Date ? value : text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function parseBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return undefined;
  return Buffer.from(value, "base64");
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  return typeof value === "object" ? "an object" : String(value);
}
