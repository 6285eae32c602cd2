const latestDateMs = 8_640_000_000_000_000;

/**
 * An instant as RFC 3339 in UTC, with 0, 3 or 6 digits after the second: no more than it needs, as protobuf's JSON
 * has it. What no `Date` can hold, DuckDB's infinite timestamps above all, is `infinity` or `-infinity`.
 */
export function isoInstant(micros: bigint): string {
  const text = isoLocal(micros);
  return text.endsWith("infinity") ? text : `${text}Z`;
}

/** The same for a timestamp that has no zone, and so gets no `Z`. */
export function isoLocal(micros: bigint): string {
  const microsOfMs = ((micros % 1000n) + 1000n) % 1000n;
  const ms = Number((micros - microsOfMs) / 1000n);
  if (Math.abs(ms) > latestDateMs) return infinity(ms);
  const text = new Date(ms).toISOString().slice(0, -1);
  if (microsOfMs > 0n) return `${text}${String(microsOfMs).padStart(3, "0")}`;
  return text.endsWith(".000") ? text.slice(0, -".000".length) : text;
}

/** A date from its days since 1970-01-01. */
export function isoDate(days: number): string {
  const ms = days * 86_400_000;
  if (Math.abs(ms) > latestDateMs) return infinity(ms);
  return new Date(ms).toISOString().split("T")[0] ?? "";
}

/** A time of day from its microseconds. */
export function isoTime(micros: bigint): string {
  return isoLocal(micros).slice("1970-01-01T".length);
}

function infinity(sign: number): string {
  return sign > 0 ? "infinity" : "-infinity";
}
