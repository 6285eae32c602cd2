import { describe, expect, it } from "vitest";
import { type Feature, type FeatureView, noDefinitions } from "./definitions.ts";
import { findingText } from "./finding.ts";
import { planChanges } from "./plan.ts";
import { activity, driverDefinitions, driverStats } from "./testing/definitions.ts";
import { viewTableRequest } from "./view-table.ts";

const [trips, rate] = driverStats.features as [Feature, Feature];

const planned = (
  after: Partial<FeatureView>,
  before: Partial<FeatureView> = {},
  table: Partial<FeatureView> = before,
) => {
  const tables = new Map([["driver_stats", viewTableRequest({ ...driverStats, ...table }).schema]]);
  return planChanges(driverDefinitions(after), { definitions: driverDefinitions(before), tables });
};

/** What is planned to make `before`, whose table is as `table` says, what `after` says. */
function plan(...states: Parameters<typeof planned>) {
  return planned(...states).changes.map(({ definition, ...change }) => ({ definition: definition.name, ...change }));
}

/** Why it cannot be planned. */
const refused = (...states: Parameters<typeof planned>) => planned(...states).refused.map(findingText);

describe("a plan", () => {
  it("creates what is not registered, and its table", () => {
    const { changes } = planChanges(driverDefinitions({}, activity), { definitions: noDefinitions, tables: new Map() });
    expect(changes.map(({ action, definition, tableChanges }) => [action, definition.name, tableChanges])).toEqual([
      ["create", "driver", []],
      ["create", "driver_stats", [{ type: "create-table" }]],
      ["create", "activity", []],
    ]);
  });

  it("is empty when nothing differs", () => {
    expect(plan({})).toEqual([]);
  });

  it("renames a column that goes by a feature's former name, and widens it under the new one", () => {
    const rides = { name: "rides", type: "long", renamedFrom: "trips" };
    expect(plan({ features: [rides, rate] })).toMatchObject([
      {
        destructive: false,
        details: ["trips is renamed to rides", "rides type: int -> long"],
        tableChanges: [
          { type: "rename-column", name: "trips", to: "rides" },
          { type: "widen-column", name: "rides" },
        ],
      },
    ]);
    // Once it is done, and after an apply that did not get as far as the registry.
    const renamed = { features: [rides, rate] };
    expect(plan(renamed, renamed)).toEqual([]);
    expect(plan(renamed, {}, renamed)).toMatchObject([{ action: "update", tableChanges: [] }]);
  });

  it("tells what others did to a table: columns that are theirs, and columns that are gone", () => {
    const table = viewTableRequest({ ...driverStats, features: [rate, { name: "tips", type: "long" }] }).schema;
    const definitions = driverDefinitions();
    const { changes, drift } = planChanges(definitions, { definitions, tables: new Map([["driver_stats", table]]) });
    expect(drift).toEqual([
      { type: "unknown-column", view: "driver_stats", column: "tips", columnType: "long" },
      { type: "missing-column", view: "driver_stats", column: "trips" },
    ]);
    expect(changes).toMatchObject([{ action: "converge", tableChanges: [{ type: "add-column" }] }]);
  });

  it("takes no column for drift that it is about to add, rename or drop", () => {
    const drift = (after: Partial<FeatureView>, table: Partial<FeatureView> = {}) =>
      planChanges(driverDefinitions(after), {
        definitions: driverDefinitions(),
        tables: new Map([["driver_stats", viewTableRequest({ ...driverStats, ...table }).schema]]),
      }).drift;
    const rides = { name: "rides", type: "int", renamedFrom: "trips" };
    expect(drift({ features: [trips] })).toEqual([]);
    expect(drift({ features: [trips] }, { features: [trips] })).toEqual([]);
    expect(drift({ features: [rides, rate] })).toEqual([]);
    expect(drift({ features: [rides, rate] }, { features: [rides, rate] })).toEqual([]);
    expect(drift({ features: [trips, rate, { name: "tips", type: "int" }] })).toEqual([]);
  });

  it("says how to adopt a type that somebody else has widened", () => {
    const wide = { features: [{ ...trips, type: "long" }, rate] };
    expect(refused({}, {}, wide)).toEqual([
      `feature view "driver_stats": "trips" is long in its table and cannot become int, which is narrower; set its type to long in the definition`,
    ]);
  });

  it("adds, widens, drops and describes columns", () => {
    const features = [
      { ...trips, type: "long", description: "Trips." },
      { name: "tips", type: "decimal(9, 2)" },
    ];
    expect(plan({ features, ttlSeconds: undefined, tags: { a: "1" }, owner: "ml" })).toMatchInlineSnapshot(`
      [
        {
          "action": "update",
          "definition": "driver_stats",
          "destructive": true,
          "details": [
            "owner: rides -> ml",
            "tags: {} -> {"a":"1"}",
            "ttl: 1d -> none",
            "trips type: int -> long",
            "trips description:  -> Trips.",
            "- rate double",
            "+ tips decimal(9, 2)",
          ],
          "tableChanges": [
            {
              "from": {
                "kind": "int",
              },
              "name": "trips",
              "to": {
                "kind": "long",
              },
              "type": "widen-column",
            },
            {
              "doc": "Trips.",
              "name": "trips",
              "type": "update-doc",
            },
            {
              "column": {
                "name": "tips",
                "required": false,
                "type": {
                  "kind": "decimal",
                  "precision": 9,
                  "scale": 2,
                },
              },
              "type": "add-column",
            },
            {
              "name": "rate",
              "type": "drop-column",
            },
          ],
        },
      ]
    `);
  });

  it("deletes what is not wanted any more, and keeps its history", () => {
    const { changes } = planChanges(noDefinitions, { definitions: driverDefinitions(), tables: new Map() });
    expect(changes.map(({ action, details, destructive }) => [action, details, destructive])).toEqual([
      ["delete", [], true],
      ["delete", ["its table and history are kept"], true],
    ]);
  });

  it("finishes what an interrupted apply has left", () => {
    const more = { features: [trips, rate, { name: "tips", type: "int" }] };
    expect(plan(more, more, {})).toMatchObject([
      { action: "converge", details: ["its table lags behind"], tableChanges: [{ type: "add-column" }] },
    ]);
    expect(plan(more, {}, more)).toMatchObject([{ action: "update", details: ["+ tips int"], tableChanges: [] }]);
  });

  it("leaves columns alone that belong to somebody else", () => {
    expect(plan({}, {}, { features: [trips, rate, { name: "theirs", type: "int" }] })).toEqual([]);
  });

  it("says what it cannot do", () => {
    expect([
      refused({ features: [{ ...trips, type: "string" }, rate] }),
      refused({ features: [trips, { ...rate, type: "float" }] }),
      refused({ joinKeys: [{ name: "rider_id", type: "long" }] }),
      refused({ timestampField: "at", createdTimestampColumn: "written", partitionBy: "month" }),
    ]).toMatchInlineSnapshot(`
      [
        [
          "feature view "driver_stats": "trips" is int in its table and cannot become string; only int to long, float to double, more decimal digits and more fields of a struct are safe, so add a feature under another name",
        ],
        [
          "feature view "driver_stats": "rate" is double in its table and cannot become float, which is narrower; set its type to double in the definition",
        ],
        [
          "feature view "driver_stats": its rows are identified by (driver_id long) at event_timestamp, which cannot become (rider_id long) at event_timestamp; define a new view instead",
        ],
        [
          "feature view "driver_stats": its rows are identified by (driver_id long) at event_timestamp, which cannot become (driver_id long) at at; define a new view instead",
          "feature view "driver_stats": its rows say in created when they were written, not in written; define a new view instead",
          "feature view "driver_stats": its table is partitioned by day, which cannot become month yet; define a new view instead",
        ],
      ]
    `);
  });

  it("takes a view's rows from elsewhere as what it is: others are read from then on", () => {
    const source = { name: "rides", table: "analytics.rides", fieldMapping: {} };
    expect(plan({ source })).toMatchObject([
      { action: "update", destructive: true, details: ["source: its own table -> rides"] },
    ]);
    expect(refused({ source, timestampField: "at" }, { source })).toHaveLength(1);
  });
});
