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
  const [seconds, fraction] = secondsAndMicros(micros);
  const ms = seconds * 1000;
  if (Math.abs(ms) > latestDateMs) return infinity(ms);
  const second = new Date(ms).toISOString().slice(0, -".000Z".length);
  if (fraction === 0) return second;
  return `${second}.${String(fraction).padStart(6, "0").replace(/000$/, "")}`;
}

/**
 * The seconds, rounded down, and the microseconds after them; without bigints, which are slower, where a number holds all of
 * them. Then they are at most 2^53, and one microsecond before a second is still too far from it for the quotient to be rounded up.
 */
function secondsAndMicros(micros: bigint): readonly [number, number] {
  const asNumber = Number(micros);
  if (Number.isSafeInteger(asNumber)) {
    const seconds = Math.floor(asNumber / 1e6);
    return [seconds, asNumber - seconds * 1e6];
  }
  const fraction = Number(micros % 1_000_000n);
  const seconds = Number(micros / 1_000_000n);
  return fraction < 0 ? [seconds - 1, fraction + 1_000_000] : [seconds, fraction];
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
