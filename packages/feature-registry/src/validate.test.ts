import { describe, expect, it } from "vitest";
import { type Definition, type Feature, groupDefinitions } from "./definitions.ts";
import { activity, driver, driverDefinitions, driverStats } from "./testing/definitions.ts";
import { validateDefinitions } from "./validate.ts";

const findings = (...definitions: readonly Definition[]) =>
  validateDefinitions(groupDefinitions(definitions)).map(({ where, message }) => `${where}: ${message}`);
const feature = (fields: Partial<Feature>) =>
  findings(driver, { ...driverStats, features: [{ name: "x", type: "int", ...fields }] });

describe("validation", () => {
  it("finds nothing wrong with the example", () => {
    expect(validateDefinitions(driverDefinitions())).toEqual([]);
  });

  it("finds everything at once", () => {
    expect(
      findings(
        { ...driver, name: "1st", owner: " ", joinKeys: [] },
        { ...driver, joinKeys: [{ name: "a b", type: "double" as never }] },
        driver,
        { ...driverStats, name: "icecore_registry", entities: ["rider"], features: [], partitionBy: "week" as never },
        {
          ...driverStats,
          name: "__hidden",
          features: [
            { name: "Driver_ID", type: "int" },
            { name: "__row", type: "int" },
            { name: "y", type: "text" },
          ],
        },
        { ...activity, projections: [{ view: "nothing", features: [], joinKeyMap: {} }] },
      ),
    ).toMatchInlineSnapshot(`
      [
        "entity "1st": a name is letters, digits and _, at most 128, and does not start with a digit",
        "entity "1st": needs an owner: who answers for it",
        "feature view "icecore_registry": the name "icecore_registry" is reserved; choose another",
        "feature view "__hidden": the name "__hidden" is reserved; choose another",
        "entity "driver": is defined twice, capitals aside; rename one of them",
        "entity "1st": needs at least one join key",
        "entity "driver": "a b" is no column name: letters, digits and _, not starting with a digit or __",
        "entity "driver": join key "a b" has type double; use one of string, int, long, timestamptz, binary",
        "feature view "icecore_registry": its entity "rider" is not exported from the feature repository",
        "feature view "icecore_registry": needs at least one feature",
        "feature view "icecore_registry": partitionBy "week" is none of none, hour, day, month, year",
        "feature view "__hidden": column "Driver_ID" is there twice",
        "feature view "__hidden": "__row" is no column name: letters, digits and _, not starting with a digit or __",
        "feature view "__hidden": feature "y" has unknown type "text"; types are boolean, int, long, float, double, date, time, timestamp, timestamptz, string, uuid, binary, decimal(precision, scale), list<type>, map<key, value>, struct<name: type, ...>",
        "feature service "activity": its feature view "nothing" is not exported from the feature repository (there are: icecore_registry, __hidden)",
      ]
    `);
  });

  it("finds everything that is wrong with a service", () => {
    const [reading] = activity.projections;
    if (reading === undefined) throw new Error("it reads two");
    const projections = [
      { ...reading, features: ["tripz", "rat"], joinKeyMap: { driver: "x" } },
      { ...reading, view: "driver_stat" },
    ];
    expect(findings(driver, driverStats, { ...activity, projections })).toEqual([
      `feature service "activity": feature view "driver_stats" has no feature "tripz" (did you mean "trips"?)`,
      `feature service "activity": feature view "driver_stats" has no feature "rat" (did you mean "rate"?)`,
      `feature service "activity": feature view "driver_stats" has no join key "driver" to map (there are: driver_id)`,
      `feature service "activity": its feature view "driver_stat" is not exported from the feature repository (did you mean "driver_stats"?)`,
    ]);
  });

  it("finds what TypeScript would, since definitions run unchecked", () => {
    const { description: _, ...undescribed } = driver;
    const features = [
      { name: "x", type: 5 as never },
      { name: "y", type: "int", default: 5n as never },
    ];
    expect(
      findings(undescribed as typeof driver, {
        ...driverStats,
        features,
        online: "yes" as never,
        tags: { a: 1 as never },
      }),
    ).toEqual([
      `entity "driver": "description" is missing`,
      `feature view "driver_stats": "tags.a" is a number, and that is not what it takes; see the type of the define function`,
      `feature view "driver_stats": "features.x.type" is a number, and that is not what it takes; see the type of the define function`,
      `feature view "driver_stats": "features.y.default" is a bigint, and that is not what it takes; see the type of the define function`,
      `feature view "driver_stats": "online" is a string, and that is not what it takes; see the type of the define function`,
    ]);
  });

  it.each([
    ["int", [1, -5], [1.5, 2 ** 31, "1", Number.NaN]],
    ["long", [2 ** 40], [2 ** 53, 0.5]],
    ["double", [0.1, 5], [Number.NaN, Number.POSITIVE_INFINITY, "1"]],
    ["boolean", [true], [1, "true"]],
    ["string", ["", "x"], [1]],
    ["date", ["2024-02-29"], ["2023-02-29", "2024-1-1", 5]],
    ["time", ["23:59:59.5"], ["25:00:00", "noon"]],
    ["timestamp", ["2024-01-01 00:00:00"], ["2024-01-01 00:00:00Z"]],
    ["timestamptz", ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00+01:00"], ["2024-01-01T00:00:00"]],
    ["decimal(5, 2)", ["123.45", "-0.1", "7"], ["1234.5", "1.234", "x", 5]],
    ["uuid", ["00000000-0000-4000-8000-000000000000"], ["0"]],
    ["binary", [], ["AA=="]],
  ] as const)("takes a default of %s that every reader can read, and no other", (type, good, bad) => {
    for (const value of good) expect(feature({ type, default: value }), String(value)).toEqual([]);
    for (const value of bad) expect(feature({ type, default: value }), String(value)).toHaveLength(1);
  });

  it("finds features that an online store could not tell apart", () => {
    const name = (index: number) => ({ name: `f${index}`, type: "int" });
    const [a, b] = [37_660, 43_618];
    expect(findings(driver, { ...driverStats, name: "v", features: [name(a), name(b)] })).toMatchInlineSnapshot(`
      [
        "feature view "v": feature "f43618" and "v:f37660" have the same 4-byte hash, by which online stores tell the features of an entity apart; rename one of them",
      ]
    `);
    expect(findings(driver, { ...driverStats, name: "v", features: [name(a)] })).toEqual([]);
  });

  it("lets a feature be renamed from a name that is free, once", () => {
    const renamed = (name: string, renamedFrom: string) => ({ name, type: "int", renamedFrom });
    const of = (...features: readonly Feature[]) => findings(driver, { ...driverStats, features });
    expect(of(renamed("x", "w"))).toEqual([]);
    expect([...of(renamed("x", "driver_id")), ...of(renamed("x", "w"), renamed("y", "w"))]).toMatchInlineSnapshot(`
      [
        "feature view "driver_stats": feature "x" cannot be renamed from "driver_id", which the view still has",
        "feature view "driver_stats": features "x" and "y" cannot both be renamed from "w"",
        "feature view "driver_stats": features "y" and "x" cannot both be renamed from "w"",
      ]
    `);
  });

  it("lets views with nested features be, unless online stores would have to hold more than lists of primitives", () => {
    const features = [
      { name: "embedding", type: "list<float>" },
      { name: "matrix", type: "list<list<float>>" },
      { name: "home", type: "struct<lat: double>" },
      { name: "spent", type: "map<string, int>", default: 3 },
      { name: "hash", type: "list<fixed[16]>" },
    ];
    const messages = (online: boolean) =>
      validateDefinitions(driverDefinitions({ features, online })).map(({ message }) => message);
    expect(messages(false)).toMatchInlineSnapshot(`
      [
        ""spent" is a map, which has no default: rows from before have null",
        "feature "hash" has unknown type "list<fixed[16]>"; types are boolean, int, long, float, double, date, time, timestamp, timestamptz, string, uuid, binary, decimal(precision, scale), list<type>, map<key, value>, struct<name: type, ...> (fixed is read in tables made elsewhere alone; use binary)",
      ]
    `);
    expect(messages(true).filter((message) => message.includes("online"))).toMatchInlineSnapshot(`
      [
        "feature "matrix" is a list, and of nested types online stores hold lists of primitives alone; set online: false on the view, or give the feature a view of its own that has it",
        "feature "home" is a struct, and of nested types online stores hold lists of primitives alone; set online: false on the view, or give the feature a view of its own that has it",
        "feature "spent" is a map, and of nested types online stores hold lists of primitives alone; set online: false on the view, or give the feature a view of its own that has it",
      ]
    `);
  });
});
