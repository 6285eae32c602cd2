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
  const microsOfSecond = Number(micros % 1_000_000n);
  const fraction = microsOfSecond < 0 ? microsOfSecond + 1_000_000 : microsOfSecond;
  const ms = Number(micros / 1_000_000n) * 1000 - (microsOfSecond < 0 ? 1000 : 0);
  if (Math.abs(ms) > latestDateMs) return infinity(ms);
  const second = new Date(ms).toISOString().slice(0, -".000Z".length);
  if (fraction === 0) return second;
  return `${second}.${String(fraction).padStart(6, "0").replace(/000$/, "")}`;
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
