import type { ByteWriter } from "./byte-writer.ts";
import { readVarintNumber, skipVarint } from "./varint.ts";

/** Microseconds since 1970-01-01T00:00:00Z. */
export type TimestampMicros = bigint;

const secondsTag = 0x08;
const nanosTag = 0x10;
const microsPerSecond = 1_000_000n;
/** Half of the doubles that are exact: until the year 2112 no bigint is needed. */
const exactHigh = 1 << 20;

/** Writes a `google.protobuf.Timestamp`: whole seconds, rounded down, and the nanoseconds after them. */
export function writeTimestamp(out: ByteWriter, micros: TimestampMicros): void {
  const seconds = floorSeconds(micros);
  writeSecondsAndNanos(out, Number(seconds), Number(micros - seconds * microsPerSecond) * 1000);
}

/** {@link writeTimestamp} of microseconds in two halves of 32 bits. */
export function writeTimestampWords(out: ByteWriter, low: number, high: number): void {
  if (high < -exactHigh || high >= exactHigh) {
    writeTimestamp(out, wordsToMicros(low, high));
    return;
  }
  const micros = high * 0x1_0000_0000 + (low >>> 0);
  const seconds = Math.floor(micros / 1e6);
  writeSecondsAndNanos(out, seconds, (micros - seconds * 1e6) * 1000);
}

/** The whole seconds of microseconds in two halves of 32 bits, rounded down. */
export function secondsOf(low: number, high: number): number {
  if (high < -exactHigh || high >= exactHigh) return Number(floorSeconds(wordsToMicros(low, high)));
  return Math.floor((high * 0x1_0000_0000 + (low >>> 0)) / 1e6);
}

/** Reads a `google.protobuf.Timestamp`; what is finer than a microsecond is cut off. */
export function readTimestamp(bytes: Uint8Array, start = 0, end = bytes.length): TimestampMicros {
  let seconds = 0;
  let nanos = 0;
  for (let at = start; at < end; at = skipVarint(bytes, at + 1)) {
    const value = readVarintNumber(bytes, at + 1);
    if (bytes[at] === secondsTag) seconds = value;
    else nanos = value;
  }
  const micros = seconds * 1e6 + Math.floor(nanos / 1000);
  if (Number.isSafeInteger(micros)) return BigInt(micros);
  return BigInt(seconds) * microsPerSecond + BigInt(Math.floor(nanos / 1000));
}

function writeSecondsAndNanos(out: ByteWriter, seconds: number, nanos: number): void {
  if (seconds !== 0) {
    out.u8(secondsTag);
    out.varintNumber(seconds);
  }
  if (nanos !== 0) {
    out.u8(nanosTag);
    out.varintNumber(nanos);
  }
}

function wordsToMicros(low: number, high: number): TimestampMicros {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

function floorSeconds(micros: TimestampMicros): bigint {
  const seconds = micros / microsPerSecond;
  return micros < seconds * microsPerSecond ? seconds - 1n : seconds;
}
