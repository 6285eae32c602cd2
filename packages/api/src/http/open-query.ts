import type { At, PreparedQuery } from "@icecore/offline-store";
import type { RecordBatch } from "apache-arrow";
import type { FeatureStore } from "../store/feature-store.ts";

/** A query that runs while its batches are read. */
export interface OpenQuery {
  readonly batches: AsyncIterable<RecordBatch>;
  /** Ends it before its last batch, and gives back what it holds. */
  close(): Promise<void>;
}

/**
 * Starts a query and computes its first batch, so that what is wrong with it shows before an answer has begun. Further
 * batches are computed one at a time, as they are asked for.
 */
export async function openQuery(store: FeatureStore, sql: string, at: At): Promise<OpenQuery> {
  const rest = queryBatches(store, sql, at);
  const first = await rest.next();
  return {
    batches: startingWith(first, rest),
    close: async () => {
      await rest.return(undefined);
    },
  };
}

/** The batches of a query; it is open until the last one is taken or the generator is returned. */
async function* queryBatches(store: FeatureStore, sql: string, at: At): AsyncGenerator<RecordBatch, void> {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let running = Promise.resolve();
  const query = await new Promise<PreparedQuery>((resolve, reject) => {
    const use = (prepared: PreparedQuery) => {
      resolve(prepared);
      return finished;
    };
    running = store.query(sql, use, at);
    running.catch(reject);
  });
  try {
    yield* query.batches();
  } finally {
    finish();
    await running;
  }
}

async function* startingWith<T>(first: IteratorResult<T, void>, rest: AsyncIterable<T>): AsyncGenerator<T> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
