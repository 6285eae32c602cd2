import { expect, it } from "vitest";
import { mapOrdered } from "./map-ordered.ts";

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

it("keeps the order, whichever result is first, and the bound", async () => {
  let underWay = 0;
  let most = 0;
  const items = [5, 1, 4, 2, 3, 0];
  const slow = async (turns: number): Promise<number> => {
    most = Math.max(most, ++underWay);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    underWay--;
    return turns;
  };
  expect(await collect(mapOrdered(items, 3, slow))).toEqual(items);
  expect(most).toBe(3);
});

it("fails where an item fails, after what came before it", async () => {
  const seen: number[] = [];
  const results = mapOrdered([1, 2, 3], 3, async (item) => {
    if (item === 2) throw new Error("two");
    return item;
  });
  await expect(
    (async () => {
      for await (const result of results) seen.push(result);
    })(),
  ).rejects.toThrow("two");
  expect(seen).toEqual([1]);
});
