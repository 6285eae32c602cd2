import { quotedString } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../../errors.ts";

/**
 * A JavaScript value as an SQL literal. Dates are instants, whole numbers are integers, others doubles; text takes the type
 * of what it is compared with.
 * @throws OfflineStoreError `QUERY_INVALID` for a value that no literal stands for
 */
export function literal(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quotedString(value);
    case "bigint":
      return String(value);
    case "boolean":
      return String(value);
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? String(value)
        : `CAST('${doubleText(value)}' AS DOUBLE)`;
    default:
      return objectLiteral(value);
  }
}

const doubleText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

function objectLiteral(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (value instanceof Date) return `CAST(${quotedString(value.toISOString())} AS TIMESTAMP WITH TIME ZONE)`;
  if (value instanceof Uint8Array) return `from_hex('${Buffer.from(value).toString("hex")}')`;
  throw new OfflineStoreError(
    "QUERY_INVALID",
    `query: a ${typeof value} is no value of a column; give text, a number, a bigint, a boolean, a Date or bytes`,
  );
}
