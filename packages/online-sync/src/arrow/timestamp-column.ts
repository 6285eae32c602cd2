import { type Data, makeData, TimestampMicrosecond } from "apache-arrow";
import type { TimestampMicros } from "../codec/timestamp.ts";

/** A column of timestamps, null where there is none. Arrow's own builder takes milliseconds only. */
export function timestampColumn(timestamps: readonly (TimestampMicros | undefined)[]): Data {
  const { length } = timestamps;
  const nullBitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  const data = new BigInt64Array(length);
  let nullCount = 0;
  for (const [row, timestamp] of timestamps.entries()) {
    if (timestamp === undefined) {
      nullCount++;
      continue;
    }
    data[row] = timestamp;
    nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return makeData({ type: new TimestampMicrosecond("UTC"), length, nullCount, nullBitmap, data });
}
