import type { RecordBatch } from "apache-arrow";
import type { WriteCount } from "../online-store/online-store.ts";

/** What became of all rows. */
export interface WriteTotals extends WriteCount {
  readonly rows: number;
}

/**
 * Writes batches while the next one is being read: `atOnce` of them at a time, since the last rows of a batch that are on
 * their way leave a store with less and less to do. A source that is not read to its end is closed.
 * @throws the first failure, when nothing is being written any more
 */
export async function writeBatches(
  batches: AsyncIterable<RecordBatch>,
  atOnce: number,
  write: (batch: RecordBatch) => Promise<void>,
): Promise<void> {
  const source = batches[Symbol.asyncIterator]();
  const writes: Promise<void>[] = [];
  try {
    for (let next = await source.next(); next.done !== true; ) {
      const writing = write(next.value);
      writing.catch(() => {});
      writes.push(writing);
      const oldest = writes.length < atOnce ? undefined : writes.shift();
      [next] = await Promise.all([source.next(), oldest]);
    }
    await Promise.all(writes);
  } finally {
    await Promise.allSettled(writes);
    await source.return?.();
  }
}
