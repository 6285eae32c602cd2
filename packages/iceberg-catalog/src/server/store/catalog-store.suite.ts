import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CatalogStore, Entries } from "./catalog-store.ts";

/** What every CatalogStore promises. */
export function describeCatalogStore(
  name: string,
  open: () => Promise<{ readonly store: CatalogStore; readonly close: () => Promise<void> }>,
): void {
  describe(`CatalogStore: ${name}`, () => {
    let store: CatalogStore;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ store, close } = await open());
    });
    afterEach(() => close());

    const put =
      (...pairs: readonly (readonly [string, string])[]) =>
      (entries: Entries): void => {
        for (const [key, value] of pairs) entries.put(key, value);
      };
    const get = (key: string) => store.read((entries) => entries.get(key));

    test("keeps what a transaction put, and forgets what it removed", async () => {
      await store.transact(put(["a", "1"], ["b", "2 ☃"]));
      await store.transact((entries) => entries.remove("a"));
      expect(await get("a")).toBeUndefined();
      expect(await get("b")).toBe("2 ☃");
    });

    test("keeps nothing of a transaction that throws", async () => {
      await store.transact(put(["a", "1"]));
      const failing = store.transact((entries) => {
        entries.put("a", "2");
        entries.put("b", "2");
        throw new Error("changed my mind");
      });
      await expect(failing).rejects.toThrow("changed my mind");
      expect(await get("a")).toBe("1");
      expect(await get("b")).toBeUndefined();
    });

    test("shows a transaction its own changes", async () => {
      const seen = await store.transact((entries) => {
        entries.put("a", "1");
        return [entries.get("a"), [...entries.startingWith("a")]];
      });
      expect(seen).toEqual(["1", [["a", "1"]]]);
    });

    test("lists the keys under a prefix in order, and no other", async () => {
      await store.transact(put(["t2", ""], ["t10", ""], ["s", ""], ["u", ""], ["t", ""], ["tü", ""]));
      const keys = await store.read((entries) => [...entries.startingWith("t")].map(([key]) => key));
      expect(keys).toEqual(["t", "t10", "t2", "tü"]);
    });

    test("lets concurrent transactions count without losing one", async () => {
      const increment = (entries: Entries): void => entries.put("n", String(Number(entries.get("n") ?? 0) + 1));
      await Promise.all(Array.from({ length: 20 }, () => store.transact(increment)));
      expect(await get("n")).toBe("20");
    });
  });
}
