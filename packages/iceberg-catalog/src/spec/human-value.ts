import { civilFromDays, floorDivide, microsPerDay, microsPerHour, microsPerSecond } from "./calendar.ts";
import type { Datum } from "./manifest.ts";
import type { Transform } from "./transform.ts";
import type { PrimitiveType } from "./types.ts";

/** A partition value as people read it: `2017-11` for a month, `null` for none. */
export function humanPartitionValue(transform: Transform, type: PrimitiveType, value: Datum | null): string {
  if (value === null) return "null";
  switch (transform.kind) {
    case "year":
      return paddedYear(1970 + Number(value));
    case "month":
      return `${paddedYear(1970 + Math.floor(Number(value) / 12))}-${pad((((Number(value) % 12) + 12) % 12) + 1)}`;
    case "day":
      return humanDate(Number(value));
    case "hour": {
      const days = Math.floor(Number(value) / 24);
      return `${humanDate(days)}-${pad(Number(value) - days * 24)}`;
    }
    default:
      return humanValue(type, value);
  }
}

/** A value as ISO 8601, plain decimal, base64 or text, whatever its type asks for. */
export function humanValue(type: PrimitiveType, value: Datum): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  switch (type.kind) {
    case "date":
      return humanDate(Number(value));
    case "time":
      return humanTime(BigInt(value));
    case "timestamp":
      return humanTimestamp(BigInt(value));
    case "timestamptz":
      return `${humanTimestamp(BigInt(value))}+00:00`;
    case "decimal":
      return humanDecimal(BigInt(value), type.scale);
    default:
      return String(value);
  }
}

function humanDecimal(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function humanTimestamp(micros: bigint): string {
  const days = floorDivide(micros, microsPerDay);
  return `${humanDate(Number(days))}T${humanTime(micros - days * microsPerDay)}`;
}

function humanTime(micros: bigint): string {
  const seconds = Number((micros % microsPerHour) / microsPerSecond);
  const fraction = String(micros % microsPerSecond)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const clock = `${pad(Number(micros / microsPerHour))}:${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
  return fraction === "" ? clock : `${clock}.${fraction}`;
}

function humanDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${paddedYear(year)}-${pad(month)}-${pad(day)}`;
}

const pad = (value: number): string => String(value).padStart(2, "0");
const paddedYear = (year: number): string => (year < 0 ? "-" : "") + String(Math.abs(year)).padStart(4, "0");
