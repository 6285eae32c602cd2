import { snapshotId } from "@icecore/iceberg-catalog";
import { describe, expect, it } from "vitest";
import { correctTrips, finishRun, readTrips, tripsBatch, writeTrips } from "../testing/driver-rows.ts";
import { driverStats, everyType } from "../testing/views.ts";
import type { OnlineStore } from "./online-store.ts";

/** A view is materialized by one run at a time, and its watermark is never ahead of its rows. */
export function runs(open: (project?: string) => Promise<OnlineStore>): void {
  describe("a run", () => {
    it("leaves a watermark for its view, exact to 63 bits, that the next one begins from", async () => {
      await using store = await open();
      expect(await store.loadWatermark(driverStats)).toBeUndefined();
      await finishRun(store, driverStats, 2n ** 63n - 1n);
      expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 2n ** 63n - 1n });
      expect(await store.loadWatermark(everyType)).toBeUndefined();
      await using run = await store.beginRun(driverStats);
      expect(run.watermark).toEqual({ snapshotId: 2n ** 63n - 1n });
    });

    it("that is not finished leaves the watermark as it was; a first one leaves that it was begun", async () => {
      await using store = await open();
      {
        await using run = await store.beginRun(driverStats);
        expect(run.watermark).toBeUndefined();
        await run.write(tripsBatch([[1n, 1n, null, 1n]]));
        expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: undefined });
      }
      expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: undefined });
      await finishRun(store, driverStats, 7n);
      await (await store.beginRun(driverStats))[Symbol.asyncDispose]();
      expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 7n });
    });

    it("that is not finished leaves word of the snapshots that it wrote rows of, until one is finished", async () => {
      await using store = await open();
      await finishRun(store, driverStats, 7n);
      for (const id of [8n, 9n, 8n]) {
        await using run = await store.beginRun(driverStats);
        await run.aim(snapshotId(id));
        await run.write(tripsBatch([[1n, id, null, id]]));
      }
      const watermark = await store.loadWatermark(driverStats);
      expect(watermark?.snapshotId).toBe(7n);
      expect([...(watermark?.begun ?? [])].sort()).toEqual([8n, 9n]);
      const run = await store.beginRun(driverStats);
      await run.aim(snapshotId(10n));
      await run.finish(snapshotId(10n));
      expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 10n });
    });

    it("keeps others out, and says who it is", async () => {
      await using store = await open("kept");
      await using second = await open("kept");
      await using other = await open("other");
      const run = await store.beginRun(driverStats);
      await expect(second.beginRun(driverStats)).rejects.toMatchObject({
        code: "MATERIALIZATION_RUNNING",
        message: expect.stringMatching(new RegExp(`by process ${process.pid} on .+, since \\d{4}-.*Z`)),
      });
      await finishRun(other, driverStats, 1n);
      await finishRun(store, everyType, 1n);
      await writeTrips(second, [1n, 1n, null, 1n]);
      await run.finish(snapshotId(1n));
      await finishRun(second, driverStats, 2n);
    });

    it("is lost when the view is dropped, and writes nothing any more", async () => {
      await using store = await open();
      const run = await store.beginRun(driverStats);
      await store.dropView(driverStats);
      const lost = { code: "RUN_LOST", message: expect.stringContaining('"driver_hourly_stats" is void') };
      await expect(run.write(tripsBatch([[1n, 1n, null, 1n]]))).rejects.toMatchObject(lost);
      await expect(correctTrips(run, 5n, [1n, null, null, 1n])).rejects.toMatchObject(lost);
      await expect(run.finish(snapshotId(1n))).rejects.toMatchObject(lost);
      await run[Symbol.asyncDispose]();
      expect(await readTrips(store, 1n)).toMatchObject({ trips: [undefined] });
      expect(await store.loadWatermark(driverStats)).toBeUndefined();
    });

    it("of a definition whose rows look different begins without a watermark, and voids it", async () => {
      await using store = await open();
      await finishRun(store, driverStats, 7n);
      const feature = { name: "added later", type: "long" };
      const changed = { ...driverStats, features: [...driverStats.features, feature] };
      expect(await store.loadWatermark({ ...driverStats, ttlSeconds: 60 })).toEqual({ snapshotId: undefined });
      expect(await store.loadWatermark(changed)).toEqual({ snapshotId: undefined });
      expect(await store.loadWatermark({ ...driverStats, description: "said otherwise" })).toEqual({ snapshotId: 7n });
      await (await store.beginRun(changed))[Symbol.asyncDispose]();
      expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: undefined });
    });
  });
}
