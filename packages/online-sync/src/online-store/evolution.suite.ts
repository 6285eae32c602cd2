import type { FeatureView } from "@icecore/feature-registry";
import { describe, expect, it } from "vitest";
import { entityKeys } from "../testing/driver-rows.ts";
import { featureBatch } from "../testing/feature-batch.ts";
import { driverStats } from "../testing/views.ts";
import type { OnlineStore } from "./online-store.ts";

const view = (features: Readonly<Record<string, string>>): FeatureView => ({
  ...driverStats,
  features: Object.entries(features).map(([name, type]) => ({ name, type })),
});

/** Rows from before a view's features changed are read right beside those from after. */
export function evolution(open: () => Promise<OnlineStore>): void {
  describe("rows of a view that has changed", () => {
    const before = view({ dropped: "string", widened: "int", precise: "float", kept: "string", old_name: "long" });
    const after = view({ kept: "string", widened: "long", added: "double", precise: "double", new_name: "long" });
    const old = {
      driver_id: 1n,
      event_timestamp: 1n,
      dropped: "gone",
      widened: -7,
      precise: 0.5,
      kept: "a",
      old_name: 4n,
    };

    it("hold what has the same name, in the wider type", async () => {
      await using store = await open();
      await store.write(before, featureBatch(before, [old, { ...old, driver_id: 2n, kept: null }]));
      const row = {
        driver_id: 3n,
        event_timestamp: 1n,
        kept: "b",
        widened: 2n ** 40n,
        added: 1.5,
        precise: 2.5,
        new_name: 9n,
      };
      await store.write(after, featureBatch(after, [row]));
      const keys = entityKeys(after, [1n], [2n], [3n]);
      const [result] = await store.read([{ view: after, features: after.features, keys }]);
      expect(result).toMatchObject({
        eventTimestamps: [1n, 1n, 1n],
        columns: [
          ["a", null, "b"],
          [-7n, -7n, 2n ** 40n],
          [undefined, undefined, 1.5],
          [0.5, 0.5, 2.5],
          [undefined, undefined, 9n],
        ],
      });
    });

    it("are read by those who have just opened the store, in whatever order of features", async () => {
      await using store = await open();
      await store.write(before, featureBatch(before, [old]));
      const turned = { ...before, features: [...before.features].reverse() };
      const [result] = await store.read([{ view: turned, features: turned.features, keys: entityKeys(turned, [1n]) }]);
      expect(result?.columns).toEqual([[4n], ["a"], [0.5], [-7], ["gone"]]);
    });

    it("are replaced by newer ones of the new form, and by older ones not", async () => {
      await using store = await open();
      await store.write(before, featureBatch(before, [{ ...old, event_timestamp: 5n }]));
      const row = { driver_id: 1n, event_timestamp: 4n, kept: "b", new_name: 9n };
      expect(await store.write(after, featureBatch(after, [row]))).toMatchObject({ written: 0, skipped: 1 });
      await store.write(after, featureBatch(after, [{ ...row, event_timestamp: 6n }]));
      const [result] = await store.read([{ view: after, features: after.features, keys: entityKeys(after, [1n]) }]);
      expect(result).toMatchObject({ eventTimestamps: [6n], columns: [["b"], [null], [null], [null], [9n]] });
    });
  });
}
