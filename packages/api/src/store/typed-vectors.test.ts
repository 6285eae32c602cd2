import { defineEntity, defineFeatureService, defineFeatureView, groupDefinitions } from "@icecore/feature-registry";
import type { FeatureCell } from "@icecore/online-sync";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { openEmptyStore, type TestStore } from "../http/testing/driver-store.ts";
import type { FeatureStore } from "./feature-store.ts";

const described = { owner: "ml", description: "For tests." };
const driver = defineEntity({ ...described, name: "driver", joinKeys: { driver_id: "long" } });
const zone = defineEntity({ ...described, name: "zone", joinKeys: { zone: "string" } });
const stats = defineFeatureView({
  ...described,
  name: "stats",
  entities: [driver],
  features: { trips: "int", total: "long", rating: { type: "double", default: 4.5 }, seen_at: "timestamptz" },
});
const traffic = defineFeatureView({
  ...described,
  name: "traffic",
  entities: [driver, zone],
  features: { cars: "long", level: "string" },
});
const both = defineFeatureService({ ...described, name: "both", features: [stats, traffic] });
const repository = { driver, zone, stats, traffic, both };

let opened: TestStore;
let store: FeatureStore<typeof repository>;

beforeAll(async () => {
  opened = await openEmptyStore();
  store = opened.store as FeatureStore<typeof repository>;
  await store.apply(await store.plan(groupDefinitions(Object.values(repository))));
  const event_timestamp = new Date("2026-01-01T00:00:00Z");
  await store.push("stats", {
    rows: [{ driver_id: 1, event_timestamp, trips: 3, total: 2n ** 60n, seen_at: event_timestamp }],
  });
  await store.push("traffic", {
    columns: { driver_id: [1], zone: ["a"], event_timestamp: [event_timestamp], cars: [9] },
  });
});
afterAll(() => opened[Symbol.asyncDispose]());

describe("feature vectors in TypeScript", () => {
  it("have names and values of the definitions' types", async () => {
    const { vectors } = await store.getOnlineFeatures({
      features: ["stats:trips", "stats:total", "traffic:cars", "stats:seen_at"],
      entities: [
        { driver_id: 1, zone: "a" },
        { driver_id: "2", zone: "b" },
      ],
    });
    expectTypeOf(vectors).toEqualTypeOf<
      readonly {
        readonly trips: number | null;
        readonly total: bigint | null;
        readonly cars: bigint | null;
        readonly seen_at: Date | null;
      }[]
    >();
    expect(vectors).toEqual([
      { trips: 3, total: 2n ** 60n, seen_at: new Date("2026-01-01T00:00:00Z"), cars: 9n },
      { trips: null, total: null, seen_at: null, cars: null },
    ]);
  });

  it("are named with their views on demand, and say why a value is null", async () => {
    const { vectors, columns } = await store.getOnlineFeatures({
      features: ["stats:rating", "traffic:level"],
      entities: { driver_id: [1n, 7n], zone: ["a", "a"] },
      fullFeatureNames: true,
    });
    expectTypeOf(vectors).toEqualTypeOf<
      readonly { readonly stats__rating: number | null; readonly traffic__level: string | null }[]
    >();
    expect(Object.keys(vectors[0] ?? {})).toEqual(["stats__rating", "traffic__level"]);
    expect(columns.map(({ statuses }) => statuses)).toEqual([
      ["NULL_VALUE", "NOT_FOUND"],
      ["NULL_VALUE", "NOT_FOUND"],
    ]);
  });

  it("may be a service's, or of a store whose definitions are not known", async () => {
    const service = await store.getOnlineFeatures({ service: "both", entities: [{ driver_id: 1, zone: "a" }] });
    expectTypeOf(service.vectors).toEqualTypeOf<readonly Readonly<Record<string, FeatureCell | null>>[]>();
    expect(service.vectors[0]).toMatchObject({ trips: 3, cars: 9n });
    const untyped = await opened.store.getOnlineFeatures({ features: ["stats:trips"], entities: [{ driver_id: 1 }] });
    expect(untyped.vectors).toEqual([{ trips: 3 }]);
  });

  it("do not compile with a feature or a join key that is not there", async () => {
    const entities = [{ driver_id: 1 }];
    // @ts-expect-error no such feature
    await expect(store.getOnlineFeatures({ features: ["stats:tripz"], entities })).rejects.toThrow('"tripz"');
    // @ts-expect-error the zone is missing
    await expect(store.getOnlineFeatures({ features: ["traffic:cars"], entities })).rejects.toThrow(
      '"zone" is missing',
    );
  });
});
