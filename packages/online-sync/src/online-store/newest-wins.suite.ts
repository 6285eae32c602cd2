import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTrips, writeTrips } from "../testing/driver-rows.ts";
import type { OnlineStore } from "./online-store.ts";

type Row = readonly [driver: bigint, event: bigint, created: bigint | null, trips: bigint];

/** Of the rows of an entity the newest stays, whatever their order and whoever writes them. */
export function newestWins(open: (project?: string) => Promise<OnlineStore>): void {
  describe("the newest row wins", () => {
    it("by event timestamp, to the microsecond", async () => {
      await using store = await open();
      expect(await writeTrips(store, [1n, 1_000_001n, 9n, 1n])).toEqual({ written: 1, deleted: 0, skipped: 0 });
      expect(await writeTrips(store, [1n, 1_000_000n, 10n, 2n])).toEqual({ written: 0, deleted: 0, skipped: 1 });
      expect(await readTrips(store, 1n)).toEqual({ trips: [1n], eventTimestamps: [1_000_001n] });
      expect(await writeTrips(store, [1n, 1_000_002n, 8n, 3n])).toEqual({ written: 1, deleted: 0, skipped: 0 });
      expect(await readTrips(store, 1n)).toEqual({ trips: [3n], eventTimestamps: [1_000_002n] });
    });

    it("and among equals by created timestamp: a correction lands, in any order", async () => {
      await using store = await open();
      await writeTrips(store, [1n, 5n, 10n, 1n], [2n, 5n, 11n, 2n]);
      expect(await writeTrips(store, [1n, 5n, 11n, 2n], [2n, 5n, 10n, 1n])).toEqual({
        written: 1,
        deleted: 0,
        skipped: 1,
      });
      expect(await readTrips(store, 1n, 2n)).toMatchObject({ trips: [2n, 2n] });
    });

    it("a row that is equal in both replaces: running again is harmless", async () => {
      await using store = await open();
      await writeTrips(store, [1n, 5n, 10n, 1n]);
      expect(await writeTrips(store, [1n, 5n, 10n, 2n])).toEqual({ written: 1, deleted: 0, skipped: 0 });
      expect(await readTrips(store, 1n)).toMatchObject({ trips: [2n] });
    });

    it("a row without created timestamp is the oldest of its equals", async () => {
      await using store = await open();
      await writeTrips(store, [1n, 5n, null, 1n], [2n, 5n, 1n, 2n]);
      expect(await writeTrips(store, [1n, 5n, 1n, 2n], [2n, 5n, null, 1n])).toEqual({
        written: 1,
        deleted: 0,
        skipped: 1,
      });
      expect(await readTrips(store, 1n, 2n)).toMatchObject({ trips: [2n, 2n] });
    });

    it("before 1970, too", async () => {
      await using store = await open();
      await writeTrips(
        store,
        [1n, -1_500_000n, null, 1n],
        [1n, -1_500_001n, null, 2n],
        [2n, -1n, null, 1n],
        [2n, 0n, null, 2n],
      );
      expect(await readTrips(store, 1n, 2n)).toEqual({ trips: [1n, 2n], eventTimestamps: [-1_500_000n, 0n] });
    });

    it("rows without event timestamp or join key are skipped", async () => {
      await using store = await open();
      expect(await writeTrips(store, [1n, null, 1n, 1n], [null as never, 1n, 1n, 1n])).toEqual({
        written: 0,
        deleted: 0,
        skipped: 2,
      });
    });

    it("when two writers race", async () => {
      const project = "race";
      await using first = await open(project);
      await using second = await open(project);
      const drivers = Array.from({ length: 2000 }, (_, i) => BigInt(i));
      const rows = (event: (driver: bigint) => bigint) =>
        drivers.map((driver): Row => [driver, event(driver), null, event(driver)]);
      await Promise.all([
        writeTrips(first, ...rows((driver) => driver % 7n)),
        writeTrips(second, ...rows((driver) => driver % 5n)),
        writeTrips(first, ...rows((driver) => driver % 3n)),
      ]);
      const newest = drivers.map((driver) => [driver % 7n, driver % 5n, driver % 3n].reduce((a, b) => (a > b ? a : b)));
      expect(await readTrips(first, ...drivers)).toEqual({ trips: newest, eventTimestamps: newest });
    });

    it("as in a map that keeps the greatest", async () => {
      const instant = fc.bigInt({ min: -2n, max: 2n }).map((n) => n * 700_000n);
      const created = fc.option(fc.bigInt({ min: 1n, max: 3n }));
      const row = fc.tuple(fc.bigInt({ min: 0n, max: 3n }), instant, created, fc.bigInt({ min: 0n, max: 99n }));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 4 }), async (batches) => {
          await using store = await open(`property_${run++}`);
          const oracle = new Map<bigint, Row>();
          for (const batch of batches) {
            await writeTrips(store, ...batch);
            for (const candidate of batch) keepNewest(oracle, candidate);
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

function keepNewest(rows: Map<bigint, Row>, candidate: Row): void {
  const stored = rows.get(candidate[0]);
  const age = (row: Row) => row[1] * 1000n + (row[2] ?? 0n);
  if (stored === undefined || age(candidate) >= age(stored)) rows.set(candidate[0], candidate);
}
