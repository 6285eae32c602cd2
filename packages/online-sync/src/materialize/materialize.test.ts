import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SnapshotId, snapshotId } from "@icecore/iceberg-catalog";
import type { Pull, PulledRows } from "@icecore/offline-store";
import type { RecordBatch } from "apache-arrow";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbeddedStore } from "../online-store/embedded/embedded-online-store.ts";
import type { OnlineStore } from "../online-store/online-store.ts";
import { readTrips } from "../testing/driver-rows.ts";
import { featureBatch } from "../testing/feature-batch.ts";
import { driverStats } from "../testing/views.ts";
import { type MaterializeProgress, materialize, materializeWindow } from "./materialize.ts";

let folder: string;
let store: OnlineStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "icecore-materialize-"));
  store = await openEmbeddedStore({ path: join(folder, "online.mdb"), project: "p" });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

type Trip = readonly [driver: bigint, event: bigint | null, trips: bigint | null];

const batch = (...trips: readonly Trip[]) =>
  featureBatch(
    driverStats,
    trips.map(([driver_id, event_timestamp, avg_daily_trips]) => ({
      driver_id,
      event_timestamp,
      created: 0n,
      avg_daily_trips,
    })),
  );

/** Batches as they are pulled; an error among them is thrown there. */
function pulled(...all: readonly (RecordBatch | Error)[]): PulledRows {
  async function* batches(): AsyncGenerator<RecordBatch> {
    for (const each of all) {
      if (each instanceof Error) throw each;
      yield each;
    }
  }
  return { count: 3, batches: batches() };
}

function everything(id: bigint | undefined, rows: PulledRows, absent: readonly Trip[] = []): Pull {
  return {
    mode: "full",
    snapshotId: id === undefined ? undefined : snapshotId(id),
    committedAt: 100n,
    rows,
    async *withoutRow(entities) {
      for await (const { numRows } of entities) if (numRows > 0) yield batch(...absent);
    },
  };
}

/** Runs with what is pulled. @returns the summary, and the snapshot that it was pulled from */
async function run(pull: Pull, options: { readonly full?: boolean } = {}) {
  let since: SnapshotId | undefined;
  const progress: MaterializeProgress[] = [];
  const summary = await materialize({
    view: driverStats,
    store,
    pull: async (from) => {
      since = from;
      return { ...pull, [Symbol.asyncDispose]: async () => {} };
    },
    onProgress: (step) => progress.push(step),
    ...options,
  });
  return { summary, since, progress };
}

const watermark = async () => (await store.loadWatermark(driverStats))?.snapshotId;

it("writes all rows, then the watermark, which the next run starts from", async () => {
  const first = await run(everything(10n, pulled(batch([1n, 5n, 1n], [2n, 5n, 2n]), batch([3n, 5n, 3n]))));
  expect(first.summary).toMatchObject({
    view: "driver_hourly_stats",
    mode: "full",
    rows: 3,
    written: 3,
    deleted: 0,
    skipped: 0,
    snapshotId: 10n,
  });
  expect(first.progress.map(({ rows, rowCount }) => [rows, rowCount])).toEqual([
    [2, 3],
    [3, 3],
  ]);
  const rows = pulled(batch([1n, 4n, 9n], [2n, 6n, 4n]));
  const second = await run({ mode: "incremental", snapshotId: snapshotId(11n), rows });
  expect([first.since, second.since]).toEqual([undefined, 10n]);
  expect(second.summary).toMatchObject({ mode: "incremental", rows: 2, written: 1, skipped: 1, snapshotId: 11n });
  expect(await readTrips(store, 1n, 2n, 3n)).toMatchObject({ trips: [1n, 4n, 3n] });
});

it("replaces, and removes, what corrections say", async () => {
  await run(everything(1n, pulled(batch([1n, 5n, 1n], [2n, 5n, 2n], [3n, 5n, 3n]))));
  const corrections = { ...pulled(batch([1n, 4n, 8n], [2n, null, null])), createdUpTo: 1n };
  const pull: Pull = {
    mode: "incremental",
    snapshotId: snapshotId(2n),
    rows: pulled(batch([3n, 6n, 4n])),
    corrections,
  };
  expect((await run(pull)).summary).toMatchObject({ rows: 3, written: 2, deleted: 1 });
  expect(await readTrips(store, 1n, 2n, 3n)).toMatchObject({ trips: [8n, undefined, 4n] });
});

it("makes the store equal to the snapshot when all is pulled again", async () => {
  await run(everything(1n, pulled(batch([1n, 5n, 1n], [2n, 5n, 2n]))));
  const again = await run(everything(2n, pulled(batch([1n, 4n, 7n])), [[2n, null, null]]), { full: true });
  expect(again.since).toBeUndefined();
  expect(again.summary).toMatchObject({ mode: "full", written: 1, deleted: 1 });
  expect(await readTrips(store, 1n, 2n)).toMatchObject({ trips: [7n, undefined] });
});

it("leaves what another program wrote alone the first time", async () => {
  await store.write(driverStats, batch([1n, 9n, 9n], [2n, 5n, 2n]));
  await run(everything(1n, pulled(batch([1n, 4n, 7n])), [[2n, null, null]]));
  expect(await readTrips(store, 1n, 2n)).toMatchObject({ trips: [9n, 2n] });
});

it("leaves the watermark alone when reading or writing fails", async () => {
  await run(everything(1n, pulled()));
  const failing = everything(2n, pulled(batch([1n, 5n, 1n]), new Error("the disk is gone")));
  await expect(run(failing)).rejects.toThrow("the disk is gone");
  const incomplete = batch([1n, 5n, 1n]).select(["driver_id", "event_timestamp"]);
  await expect(run(everything(2n, pulled(batch([2n, 5n, 1n]), incomplete)))).rejects.toMatchObject({
    code: "BATCH_INVALID",
  });
  expect(await watermark()).toBe(1n);
});

it("ends before the next batch when it is told to, and gives the view free", async () => {
  const controller = new AbortController();
  const request = { view: driverStats, store, rows: pulled(batch([1n, 5n, 1n]), batch([2n, 5n, 2n])) };
  const onProgress = () => controller.abort();
  await expect(materializeWindow({ ...request, signal: controller.signal, onProgress })).rejects.toMatchObject({
    code: "RUN_INTERRUPTED",
  });
  const pull = async () => ({ ...everything(1n, pulled(batch([3n, 5n, 3n]))), [Symbol.asyncDispose]: async () => {} });
  const { signal } = controller;
  await expect(materialize({ view: driverStats, store, pull, signal })).rejects.toThrow("the next run completes it");
  await using run = await store.beginRun(driverStats);
  expect(run.watermark).toEqual({ snapshotId: undefined, begun: [1n] });
  expect(await readTrips(store, 1n, 2n, 3n)).toMatchObject({ trips: [1n, undefined, undefined] });
});

it("closes its source when writing fails", async () => {
  let closed = false;
  async function* batches(): AsyncGenerator<RecordBatch> {
    try {
      yield batch([1n, 5n, 1n]).select(["driver_id"]);
      yield batch([1n, 5n, 1n]);
      yield batch([1n, 5n, 1n]);
    } finally {
      closed = true;
    }
  }
  await expect(run(everything(2n, { count: 3, batches: batches() }))).rejects.toThrow("no column");
  expect(closed).toBe(true);
});

it("has no watermark for a table without snapshots", async () => {
  expect((await run(everything(undefined, pulled()))).summary).toMatchObject({ rows: 0, snapshotId: undefined });
  expect(await watermark()).toBeUndefined();
});

it("writes a window of event time where nothing newer is, and leaves the watermark alone", async () => {
  await run(everything(1n, pulled(batch([1n, 5n, 1n]))));
  const rows = pulled(batch([1n, 4n, 9n], [2n, 4n, 2n]));
  const summary = await materializeWindow({ view: driverStats, store, rows });
  expect(summary).toMatchObject({ mode: "window", rows: 2, written: 1, skipped: 1, snapshotId: undefined });
  expect(await readTrips(store, 1n, 2n)).toMatchObject({ trips: [1n, 2n] });
  expect(await watermark()).toBe(1n);
});
