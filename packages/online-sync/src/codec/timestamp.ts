import type { ByteWriter } from "./byte-writer.ts";
import { readVarint, skipVarint } from "./varint.ts";

/** Microseconds since 1970-01-01T00:00:00Z. */
export type TimestampMicros = bigint;

const secondsTag = 0x08;
const nanosTag = 0x10;
const microsPerSecond = 1_000_000n;

/** Writes a `google.protobuf.Timestamp`: whole seconds, rounded down, and the nanoseconds after them. */
export function writeTimestamp(out: ByteWriter, micros: TimestampMicros): void {
  const seconds = floorSeconds(micros);
  const nanos = (micros - seconds * microsPerSecond) * 1000n;
  if (seconds !== 0n) {
    out.u8(secondsTag);
    out.varint(seconds);
  }
  if (nanos !== 0n) {
    out.u8(nanosTag);
    out.varint(nanos);
  }
}

/** Reads a `google.protobuf.Timestamp`; what is finer than a microsecond is cut off. */
export function readTimestamp(bytes: Uint8Array, start = 0, end = bytes.length): TimestampMicros {
  let seconds = 0n;
  let nanos = 0n;
  for (let at = start; at < end; ) {
    const value = readVarint(bytes, at + 1);
    if (bytes[at] === secondsTag) seconds = value;
    else nanos = value;
    at = skipVarint(bytes, at + 1);
  }
  return seconds * microsPerSecond + nanos / 1000n;
}

function floorSeconds(micros: TimestampMicros): bigint {
  const seconds = micros / microsPerSecond;
  return micros < seconds * microsPerSecond ? seconds - 1n : seconds;
}
