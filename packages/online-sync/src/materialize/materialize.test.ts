import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { snapshotId } from "@icecore/iceberg-catalog";
import type { RecordBatch } from "apache-arrow";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEmbeddedStore } from "../online-store/embedded/embedded-online-store.ts";
import type { OnlineStore } from "../online-store/online-store.ts";
import { finishRun, readTrips } from "../testing/driver-rows.ts";
import { featureBatch } from "../testing/feature-batch.ts";
import { driverStats } from "../testing/views.ts";
import { type LatestRows, type MaterializeProgress, materialize } from "./materialize.ts";

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

const batch = (...trips: readonly (readonly [driver: bigint, event: bigint, trips: bigint])[]) =>
  featureBatch(
    driverStats,
    trips.map(([driver_id, event_timestamp, avg_daily_trips]) => ({ driver_id, event_timestamp, avg_daily_trips })),
  );

async function* batches(...all: readonly (RecordBatch | Error)[]): AsyncGenerator<RecordBatch> {
  for (const each of all) {
    if (each instanceof Error) throw each;
    yield each;
  }
}

const latest = (id: bigint, ...all: readonly (RecordBatch | Error)[]): LatestRows => ({
  snapshotId: snapshotId(id),
  mode: "full",
  rowCount: 3,
  batches: batches(...all),
});

it("writes all batches, then the watermark, which the next run starts from", async () => {
  const seen: (bigint | undefined)[] = [];
  const progress: MaterializeProgress[] = [];
  const run = (rows: LatestRows) =>
    materialize({
      view: driverStats,
      store,
      pull: async (since) => {
        seen.push(since);
        return rows;
      },
      onProgress: (step) => progress.push(step),
    });
  const first = await run(latest(10n, batch([1n, 5n, 1n], [2n, 5n, 2n]), batch([3n, 5n, 3n])));
  expect(first).toEqual({
    view: "driver_hourly_stats",
    mode: "full",
    rows: 3,
    written: 3,
    skipped: 0,
    snapshotId: 10n,
  });
  const second = await run({ ...latest(11n, batch([1n, 4n, 9n], [2n, 6n, 4n])), mode: "incremental", reason: "so" });
  expect(second).toMatchObject({ mode: "incremental", reason: "so", rows: 2, written: 1, skipped: 1, snapshotId: 11n });
  expect(seen).toEqual([undefined, 10n]);
  expect(progress.map(({ rows, rowCount }) => [rows, rowCount])).toEqual([
    [2, 3],
    [3, 3],
    [2, 3],
  ]);
  expect(await readTrips(store, 1n, 2n, 3n)).toMatchObject({ trips: [1n, 4n, 3n] });
});

it("leaves the watermark alone when reading or writing fails", async () => {
  await finishRun(store, driverStats, 1n);
  const run = (...all: (RecordBatch | Error)[]) =>
    materialize({ view: driverStats, store, pull: async () => latest(2n, ...all) });
  await expect(run(batch([1n, 5n, 1n]), new Error("the disk is gone"))).rejects.toThrow("the disk is gone");
  const incomplete = batch([1n, 5n, 1n]).select(["driver_id", "event_timestamp"]);
  await expect(run(batch([2n, 5n, 1n]), incomplete)).rejects.toMatchObject({ code: "BATCH_INVALID" });
  expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 1n });
});

it("closes its source when writing fails", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<RecordBatch> {
    try {
      yield batch([1n, 5n, 1n]).select(["driver_id"]);
      yield batch([1n, 5n, 1n]);
      yield batch([1n, 5n, 1n]);
    } finally {
      closed = true;
    }
  }
  const pull = async () => ({ ...latest(2n), batches: source() });
  await expect(materialize({ view: driverStats, store, pull })).rejects.toThrow("no column");
  expect(closed).toBe(true);
});

it("saves no watermark for a table without snapshots", async () => {
  const pull = async () => ({ ...latest(1n), snapshotId: undefined, rowCount: 0 });
  expect(await materialize({ view: driverStats, store, pull })).toMatchObject({ rows: 0, snapshotId: undefined });
  expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: undefined });
});
