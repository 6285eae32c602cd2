import type { RecordBatch } from "apache-arrow";
import type { WriteCount } from "../online-store/online-store.ts";

/** What became of all rows. */
export interface WriteTotals extends WriteCount {
  readonly rows: number;
}

/** Writes one batch while the next is being read; no more than these two are held. A source that is not read to its end is closed. */
export async function writeBatches(
  batches: AsyncIterable<RecordBatch>,
  write: (batch: RecordBatch) => Promise<void>,
): Promise<void> {
  const source = batches[Symbol.asyncIterator]();
  try {
    let current = await source.next();
    while (current.done !== true) {
      const [next] = await Promise.all([source.next(), write(current.value)]);
      current = next;
    }
  } finally {
    await source.return?.();
  }
}
