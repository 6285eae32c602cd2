import { setTimeout as delay } from "node:timers/promises";
import type { RecordBatch } from "apache-arrow";
import { expect, it } from "vitest";
import { featureBatch } from "../testing/feature-batch.ts";
import { driverStats } from "../testing/views.ts";
import { writeBatches } from "./write-batches.ts";

/** So many batches, told apart by how many rows they have. */
async function* batches(count: number): AsyncGenerator<RecordBatch> {
  for (let rows = 1; rows <= count; rows++) {
    yield featureBatch(
      driverStats,
      Array.from({ length: rows }, () => ({ driver_id: 1n, event_timestamp: 1n, created: 0n })),
    );
  }
}

/** Keeps a record of what is written when. */
function recorder(takes: (rows: number) => Promise<unknown>) {
  const [began, ended]: [number[], number[]] = [[], []];
  let most = 0;
  const write = async ({ numRows }: RecordBatch) => {
    began.push(numRows);
    most = Math.max(most, began.length - ended.length);
    try {
      await takes(numRows);
    } finally {
      ended.push(numRows);
    }
  };
  return { write, began, ended, most: () => most };
}

it.each([1, 2, 3])("writes %d batches at a time, and each of them", async (atOnce) => {
  const record = recorder(() => delay(2));
  await writeBatches(batches(7), atOnce, record.write);
  expect(record.began).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(record.ended.length).toBe(7);
  expect(record.most()).toBe(atOnce);
});

it("reads no further than one batch ahead of what is written", async () => {
  let read = 0;
  async function* counted() {
    for await (const batch of batches(9)) {
      read++;
      yield batch;
    }
  }
  const ahead: number[] = [];
  const record = recorder(() => delay(1));
  await writeBatches(counted(), 2, async (batch) => {
    ahead.push(read - record.ended.length);
    await record.write(batch);
  });
  expect(Math.max(...ahead)).toBeLessThanOrEqual(3);
});

it("throws the first failure once nothing is being written, and begins nothing after it", async () => {
  const record = recorder(async (rows) => {
    if (rows === 2) throw new Error("the disk is full");
    await delay(rows === 3 ? 20 : 1);
  });
  await expect(writeBatches(batches(9), 2, record.write)).rejects.toThrow("the disk is full");
  expect([...record.ended].sort()).toEqual(record.began);
  expect(record.began.length).toBeLessThanOrEqual(3);
});

it("throws what is wrong with the source, once nothing is being written", async () => {
  async function* broken() {
    yield* batches(2);
    throw new Error("the file is gone");
  }
  const record = recorder(() => delay(10));
  await expect(writeBatches(broken(), 2, record.write)).rejects.toThrow("the file is gone");
  expect(record.ended.length).toBe(2);
});
