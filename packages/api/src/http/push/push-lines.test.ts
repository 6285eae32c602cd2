import { defineEntity, defineFeatureView, groupDefinitions } from "@icecore/feature-registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PushTarget } from "../../store/push.ts";
import type { GatheredPush } from "../../store/push-group.ts";
import type { ValueColumns } from "../../store/value-columns.ts";
import { openDriverStore, openEmptyStore, type TestStore } from "../testing/driver-store.ts";
import { PushLines } from "./push-lines.ts";

let opened: TestStore;
let nextDriver = 1000n;

beforeAll(async () => {
  opened = await openDriverStore();
});
afterAll(() => opened[Symbol.asyncDispose]());

/** So many drivers of whom nothing is known. */
const newDrivers = (count: number) => Array.from({ length: count }, () => nextDriver++);
const time = "2026-01-01T12:00:00Z";

interface Push {
  readonly columns: ValueColumns;
  readonly to?: PushTarget;
  readonly key?: string;
}

const rated = (driver: bigint, rating: unknown, more: Partial<Push> = {}): Push => ({
  columns: { driver_id: [driver], event_timestamp: [time], rating: [rating] },
  ...more,
});

/** Pushes all at once; gives what became of each: what went wrong, or undefined. */
async function pushAll(pushes: readonly Push[]): Promise<(string | undefined)[]> {
  const lines = new PushLines(opened.store);
  const push = ({ columns, to = "online_and_offline", key }: Push) => lines.push("driver_stats", { columns, key }, to);
  const settled = await Promise.allSettled(pushes.map(push));
  return settled.map((result) => (result.status === "rejected" ? String(result.reason.message) : undefined));
}

async function online(drivers: readonly bigint[]): Promise<unknown[]> {
  const answer = await opened.store.getOnlineFeatures({
    features: ["driver_stats:rating"],
    entities: { driver_id: drivers },
  });
  return [...(answer.columns[0]?.values ?? [])];
}

function history(drivers: readonly bigint[]): Promise<unknown[]> {
  const sql = `SELECT rating FROM driver_stats WHERE driver_id IN (${drivers.join(", ")}) ORDER BY driver_id, created`;
  return opened.store.query(sql, async ({ batches }) => {
    const ratings: unknown[] = [];
    for await (const batch of batches()) ratings.push(...(batch.getChild("rating") ?? []));
    return ratings;
  });
}

const commits = async () => (await opened.store.history("driver_stats")).length;

it("that come at once are two commits, and every row is written", async () => {
  const before = await commits();
  const drivers = newDrivers(50);
  expect(await pushAll(drivers.map((driver, i) => rated(driver, i)))).toEqual(drivers.map(() => undefined));
  expect(await commits()).toBe(before + 2);
  const ratings = drivers.map((_, i) => i);
  expect(await online(drivers)).toEqual(ratings);
  expect(await history(drivers)).toEqual(ratings);
});

it("fail for their own rows, whose numbers they are told, and hold up no others", async () => {
  const drivers = newDrivers(9);
  const pushes = drivers.map((driver, i) => rated(driver, i === 3 || i === 7 ? "high" : i));
  const told = await pushAll(pushes);
  const refused = [3, 7].map((i) => told[i]);
  expect(refused).toEqual(refused.map(() => expect.stringMatching(/"rating" is not .*: row 1 \("high"\)$/)));
  expect(told.filter((message) => message === undefined)).toHaveLength(7);
  const ratings = [0, 1, 2, 4, 5, 6, 8];
  expect((await online(drivers)).filter((rating) => rating !== null)).toEqual(ratings);
  expect(await history(drivers)).toEqual(ratings);
});

it("of one entity and time: the last that came is what it has", async () => {
  const [first, driver] = newDrivers(2) as [bigint, bigint];
  await pushAll([rated(first, 0), ...[5, 9, 1, 7].map((rating) => rated(driver, rating))]);
  expect(await online([driver])).toEqual([7]);
  expect(await history([driver])).toEqual([5, 9, 1, 7]);
  await opened.store.materialize();
  expect(await opened.store.verify("driver_stats")).toMatchObject({ faultRate: 0 });
});

it("with a key go into the history once, however they come together", async () => {
  const drivers = newDrivers(6);
  const pushes = drivers.map((driver, i) => rated(driver, i, { key: `k${i}` }));
  await pushAll([...pushes.slice(0, 3), pushes[2] as Push, ...pushes.slice(3, 4)]);
  expect(await history(drivers)).toEqual([0, 1, 2, 3]);
  expect(await pushAll([...pushes, rated(drivers[5] as bigint, 6)])).toEqual(new Array(7).fill(undefined));
  expect(await history(drivers)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it("whose columns do not fit together are not written together", async () => {
  const drivers = newDrivers(6) as [bigint, bigint, bigint, bigint, bigint, bigint];
  const [first, ragged, uneven, nulls, other, plain] = drivers;
  const told = await pushAll([
    rated(first, 0),
    { columns: { driver_id: [ragged, ragged], event_timestamp: [time], rating: [1] } },
    { columns: { driver_id: [uneven], event_timestamp: [time, time], rating: [1, 2] } },
    rated(nulls, null),
    { columns: { driver_id: [other], event_timestamp: [time], trips: [4] } },
    rated(plain, 5),
  ]);
  expect(told.map((message) => message !== undefined)).toEqual([false, true, true, false, false, false]);
  expect(await online(drivers)).toEqual([0, null, null, null, null, 5]);
  expect(await history(drivers)).toEqual([0, null, null, 5]);
});

it("that do not say when they were created count in the order in which they came, whatever the others say", async () => {
  const [first, driver] = newDrivers(2) as [bigint, bigint];
  const created = (value: unknown, rating: number): Push => {
    const { columns } = rated(driver, rating);
    return { columns: { ...columns, created: [value] } };
  };
  await pushAll([rated(first, 0), created("2026-01-01T00:00:00Z", 9), created(null, 1), created(null, 2)]);
  expect(await online([driver])).toEqual([2]);
  expect(await history([driver])).toEqual([9, 1, 2]);
  expect(await pushAll([rated(first, 0), created("x", 1), created(null, 3)])).toEqual([
    undefined,
    expect.stringMatching(/"created" is not .*: row 1 \("x"\)$/),
    undefined,
  ]);
});

it("without rows leave their key to others", async () => {
  const [first, driver] = newDrivers(2) as [bigint, bigint];
  const key = "of no rows";
  const none = { columns: { driver_id: [], event_timestamp: [], rating: [] }, key };
  expect(await pushAll([rated(first, 0), none, rated(first, 1)])).toEqual([undefined, undefined, undefined]);
  expect(await pushAll([rated(driver, 2, { key })])).toEqual([undefined]);
  expect(await history([driver])).toEqual([2]);
});

it("that are large go past the line", async () => {
  const [first, driver, last] = newDrivers(3) as [bigint, bigint, bigint];
  const many = Array.from({ length: 2000 }, (_, i) => i);
  const large = {
    columns: { driver_id: many.map(() => driver), event_timestamp: many.map(() => time), rating: many },
  };
  const before = await commits();
  expect(await pushAll([rated(first, 0), large, rated(last, 1)])).toEqual([undefined, undefined, undefined]);
  expect(await commits()).toBe(before + 3);
  expect(await history([driver])).toHaveLength(2000);
});

it("in parts that do not fit are refused by themselves, though nulls would fit with all", async () => {
  const drivers = newDrivers(5);
  const photos = [null, null, "x\ud800", 7, null];
  await pushAll([rated(drivers[0] as bigint, 0)]);
  const told = await pushAll(
    drivers.map((driver, i) => ({
      columns: { ...rated(driver, i).columns, photo: [photos[i]], seen_at: [photos[i]] },
    })),
  );
  expect(told.map((message) => message !== undefined)).toEqual([false, false, true, true, false]);
});

it("that come when the last of a line has just been written are written", async () => {
  const drivers = newDrivers(20);
  const lines = new PushLines(opened.store);
  const push = (driver: bigint, rating: number) => lines.push("driver_stats", rated(driver, rating), "online");
  for (const [ticks, driver] of drivers.entries()) {
    await push(driver, 0);
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    await push(driver, ticks);
  }
  expect(await online(drivers)).toEqual(drivers.map((_, ticks) => ticks));
});

it("that wait when the server ends are refused, and what is being written is", async () => {
  const drivers = newDrivers(3) as [bigint, bigint, bigint];
  const lines = new PushLines(opened.store);
  const pushes = drivers.map((driver, i) => lines.push("driver_stats", rated(driver, i), "online_and_offline"));
  const settled = Promise.allSettled(pushes);
  await Promise.resolve();
  await lines[Symbol.asyncDispose]();
  expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await history(drivers)).toEqual([0]);
  await expect(lines.push("driver_stats", rated(drivers[0], 1), "online")).rejects.toMatchObject({
    code: "SERVER_BUSY",
  });
});

describe("that the online store refuses", () => {
  const described = { owner: "ml", description: "For tests." };
  const rider = defineEntity({ ...described, name: "rider", joinKeys: { rider: "string" } });
  const features = { rides: "long", path: "list<string>" } as const;
  const counts = defineFeatureView({ ...described, name: "counts", entities: [rider], features });
  const push = (name: string, path: readonly (string | null)[] | null = null, key?: string) => ({
    columns: { rider: [name], event_timestamp: [time], rides: [1], path: [path] },
    key,
  });

  it.each([
    ["only it knows, is in the history, once as those it came with", push("long".repeat(1000)), "ENTITY_INVALID", 1n],
    ["can be seen before, a null in a list, is nowhere", push("listed", ["x", null]), "DATA_INVALID", 0n],
  ])("for what %s", async (_, refused, code, inHistory) => {
    await using empty = await openEmptyStore();
    const { store } = empty;
    await store.apply(await store.plan(groupDefinitions([rider, counts])));
    const lines = new PushLines(store);
    const pushAt = (push: GatheredPush) => lines.push("counts", push, "online_and_offline");
    await pushAt(push("known", null, "k"));
    const pushed = await Promise.allSettled(
      [push("first"), push("a", ["x"]), push("again", null, "k"), refused, push("b")].map(pushAt),
    );
    const statuses = ["fulfilled", "fulfilled", "fulfilled", "rejected", "fulfilled"];
    expect(pushed.map(({ status }) => status)).toEqual(statuses);
    expect(pushed[3]).toMatchObject({ reason: { code } });
    const [newest] = await store.history("counts");
    expect(newest).toMatchObject({ addedRows: 2n + inHistory, totalRows: 4n + inHistory });
    const riders = ["known", "first", "a", "again", "b"];
    const answer = await store.getOnlineFeatures({ features: ["counts:rides"], entities: { rider: riders } });
    expect(answer.columns[0]?.values).toEqual(riders.map(() => 1n));
  });
});
