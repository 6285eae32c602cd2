import { expect, it } from "vitest";
import { describeDifferences } from "./describe-differences.ts";
import { activity, driver, driverStats } from "./testing/definitions.ts";

const [trips, rate] = driverStats.features;

it("says of a view what differs, and nothing where nothing does", () => {
  if (trips === undefined || rate === undefined) throw new Error("it has two");
  expect(describeDifferences(driverStats, { ...driverStats })).toEqual([]);
  const tagged = (tags: Record<string, string>) => ({ ...driverStats, tags });
  expect(describeDifferences(tagged({ a: "1", b: "2" }), tagged({ b: "2", a: "1" }))).toEqual([]);
  expect(describeDifferences(driverStats, { ...driverStats, features: [rate, trips] })).toEqual([
    "order of features: trips, rate -> rate, trips",
  ]);
  const { ttlSeconds: _, ...unlimited } = driverStats;
  const features = [
    { ...rate, type: "float", default: 1 },
    { name: "tips", type: "int" },
  ];
  expect(
    describeDifferences(driverStats, {
      ...unlimited,
      owner: "ml",
      description: "",
      tags: { tier: "1" },
      online: false,
      entities: ["rider"],
      features,
    }),
  ).toMatchInlineSnapshot(`
    [
      "owner: rides -> ml",
      "description: What a driver did. -> ",
      "tags: {} -> {"tier":"1"}",
      "entities: driver -> rider",
      "ttl: 1d -> none",
      "online: true -> false",
      "- trips int",
      "rate type: double -> float",
      "rate default: 0.5 -> 1",
      "+ tips int",
    ]
  `);
});

it("says of a service and of an entity what differs", () => {
  const joinKeys = [{ name: "driver_id", type: "string" as const }];
  expect([
    describeDifferences(activity, { ...activity, projections: [] }),
    describeDifferences(driver, { ...driver, joinKeys }),
  ]).toMatchInlineSnapshot(`
    [
      [
        "- reads driver_stats: trips, rate",
        "- reads driver_stats as partner: no features (driver_id from partner_id)",
      ],
      [
        "join keys: driver_id long -> driver_id string",
      ],
    ]
  `);
});
