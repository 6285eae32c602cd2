import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correctTrips, readTrips, type Trips, tripsBatch, writeTrips } from "../testing/driver-rows.ts";
import { driverStats } from "../testing/views.ts";
import type { OnlineStore } from "./online-store.ts";

/** Corrections replace and remove what had been created by then, and leave alone what was pushed since. */
export function corrections(open: (project?: string) => Promise<OnlineStore>): void {
  describe("a correction", () => {
    it("replaces a newer row that was created by then, and no row that was created later", async () => {
      await using store = await open();
      await writeTrips(store, [1n, 50n, 10n, 1n], [2n, 50n, 11n, 2n], [3n, 50n, null, 3n]);
      await using run = await store.beginRun(driverStats);
      const rows: Trips[] = [
        [1n, 40n, 9n, 7n],
        [2n, 40n, 9n, 8n],
        [3n, 40n, null, 9n],
        [4n, 40n, 9n, 10n],
      ];
      expect(await correctTrips(run, 10n, ...rows)).toEqual({ written: 3, deleted: 0, skipped: 1 });
      expect(await readTrips(store, 1n, 2n, 3n, 4n)).toEqual({
        trips: [7n, 2n, 9n, 10n],
        eventTimestamps: [40n, 50n, 40n, 40n],
      });
    });

    it("lets the newest win against a row that was created later", async () => {
      await using store = await open();
      await writeTrips(store, [1n, 50n, 11n, 1n], [2n, 50n, 11n, 2n]);
      await using run = await store.beginRun(driverStats);
      expect(await correctTrips(run, 10n, [1n, 51n, 9n, 7n], [2n, 50n, 10n, 8n])).toMatchObject({ written: 1 });
      expect(await readTrips(store, 1n, 2n)).toMatchObject({ trips: [7n, 2n] });
    });

    it("removes an entity, unless it was pushed since", async () => {
      await using store = await open();
      await writeTrips(store, [1n, 50n, 10n, 1n], [2n, 50n, 11n, 2n], [3n, 0n, null, 3n]);
      await using run = await store.beginRun(driverStats);
      const rows = [1n, 2n, 3n, 4n].map((driver): Trips => [driver, null, null, 0n]);
      expect(await correctTrips(run, 10n, ...rows)).toEqual({ written: 0, deleted: 2, skipped: 2 });
      expect(await readTrips(store, 1n, 2n, 3n)).toMatchObject({ trips: [undefined, 2n, undefined] });
      expect(await writeTrips(store, [1n, 4n, null, 5n])).toMatchObject({ written: 1 });
    });

    it("is as in a map, among pushes", async () => {
      const instant = fc.bigInt({ min: -2n, max: 2n }).map((n) => n * 700_000n);
      const created = fc.option(fc.bigInt({ min: -1n, max: 3n }));
      const row = fc.tuple(
        fc.bigInt({ min: 0n, max: 3n }),
        fc.option(instant),
        created,
        fc.bigInt({ min: 0n, max: 99n }),
      );
      const rows = fc.uniqueArray(row, { maxLength: 5, selector: ([driver]) => driver });
      const step = fc.record({ createdUpTo: fc.option(fc.bigInt({ min: -1n, max: 3n })), rows });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 5 }), async (steps) => {
          await using store = await open(`corrections_${run++}`);
          await using materialization = await store.beginRun(driverStats);
          const oracle = new Map<bigint, Trips>();
          for (const { createdUpTo, rows } of steps) {
            if (createdUpTo === null) await writeTrips(store, ...rows);
            else await materialization.write(tripsBatch(rows), { createdUpTo });
            for (const candidate of rows) apply(oracle, candidate, createdUpTo);
          }
          const drivers = [0n, 1n, 2n, 3n];
          expect(await readTrips(store, ...drivers)).toEqual({
            trips: drivers.map((driver) => oracle.get(driver)?.[3]),
            eventTimestamps: drivers.map((driver) => oracle.get(driver)?.[1]),
          });
        }),
        { numRuns: 50 },
      );
    });
  });
}

function apply(rows: Map<bigint, Trips>, candidate: Trips, createdUpTo: bigint | null): void {
  const [driver, event, created] = candidate;
  const stored = rows.get(driver);
  const corrected = createdUpTo !== null && (stored?.[2] ?? 0n) <= createdUpTo;
  if (event === null) {
    if (corrected) rows.delete(driver);
    return;
  }
  const [storedEvent, storedCreated] = [stored?.[1] ?? 0n, stored?.[2] ?? 0n];
  const newest = event === storedEvent ? (created ?? 0n) >= storedCreated : event > storedEvent;
  if (stored === undefined || corrected || newest) rows.set(driver, candidate);
}
