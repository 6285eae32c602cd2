import { expect, it } from "vitest";
import { defineFeatureService } from "./define.ts";
import type { Projection } from "./definitions.ts";
import { type FeatureSelection, resolveFeatures } from "./feature-reference.ts";
import { activity, driver, driverDefinitions, driverStats } from "./testing/definitions.ts";
import { thrown } from "./testing/thrown.ts";

const services = (projections: readonly Projection[]) => ({ ...activity, name: "custom", projections });
const other = { ...driverStats, name: "driver_shifts", features: [{ name: "TRIPS", type: "int" }] };
const resolve = (selection: FeatureSelection, projections: readonly Projection[] = []) =>
  resolveFeatures(driverDefinitions({}, other, activity, services(projections)), selection).map((request) => ({
    name: request.name,
    outputs: request.features.map(({ output }) => output),
    keys: request.keyColumns,
  }));

it("resolves references by view, in the order they are named, each once", () => {
  expect(resolve({ features: ["driver_stats:rate", "driver_stats:trips", "driver_stats:rate"] })).toEqual([
    { name: "driver_stats", outputs: ["rate", "trips"], keys: ["driver_id"] },
  ]);
});

it("resolves a service with a view under two names", () => {
  const all = ["trips", "rate"];
  const projections = [
    { view: "driver_stats", features: all, joinKeyMap: {} },
    { view: "driver_stats", alias: "partner", features: all, joinKeyMap: { driver_id: "partner_id" } },
  ];
  expect(resolve({ service: "custom", fullFeatureNames: true }, projections)).toEqual([
    { name: "driver_stats", outputs: ["driver_stats__trips", "driver_stats__rate"], keys: ["driver_id"] },
    { name: "partner", outputs: ["partner__trips", "partner__rate"], keys: ["partner_id"] },
  ]);
});

it("refuses what it cannot resolve", async () => {
  const refused = (selection: FeatureSelection, ...projections: readonly Projection[]) =>
    thrown(() => resolve(selection, projections));
  const custom = { service: "custom" };
  const projection = { view: "driver_stats", features: ["trips"], joinKeyMap: {} };
  expect(await refused({ features: [] })).toMatchInlineSnapshot(
    `"REFERENCE_INVALID: no features asked for; name some as view:feature, or a service"`,
  );
  expect(await refused({ features: ["trips"] })).toMatchInlineSnapshot(
    `"REFERENCE_INVALID: "trips" is no feature reference; write it as view:feature"`,
  );
  expect(await refused({ features: ["a:b:c"] })).toMatchInlineSnapshot(
    `"REFERENCE_INVALID: "a:b:c" is no feature reference; write it as view:feature"`,
  );
  expect(await refused({ features: ["driver_stat:trips"] })).toMatchInlineSnapshot(
    `"FEATURE_VIEW_NOT_FOUND: no feature view "driver_stat" in the registry (did you mean "driver_stats"?)"`,
  );
  expect(await refused({ features: ["driver_stats:tripz"] })).toMatchInlineSnapshot(
    `"FEATURE_NOT_FOUND: feature view "driver_stats" has no feature "tripz" (did you mean "trips"?)"`,
  );
  expect(await refused({ features: ["driver_stats:something_else"] })).toMatchInlineSnapshot(
    `"FEATURE_NOT_FOUND: feature view "driver_stats" has no feature "something_else" (there are: trips, rate)"`,
  );
  expect(await refused({ service: "activty" })).toMatchInlineSnapshot(
    `"FEATURE_SERVICE_NOT_FOUND: no feature service "activty" in the registry (did you mean "activity"?)"`,
  );
  expect(await refused({ features: ["driver_stats:trips", "driver_shifts:TRIPS"] })).toMatchInlineSnapshot(
    `"FEATURE_NAME_COLLISION: "driver_stats" and "driver_shifts" both give a feature "TRIPS"; ask for full feature names, or name one of the views otherwise"`,
  );
  expect(await refused(custom, projection, { ...projection, alias: "partner" })).toMatchInlineSnapshot(
    `"FEATURE_NAME_COLLISION: "driver_stats" and "partner" both give a feature "trips"; ask for full feature names, or name one of the views otherwise"`,
  );
  expect(await refused(custom, { ...projection, joinKeyMap: { driverid: "x" } })).toMatchInlineSnapshot(
    `"REFERENCE_INVALID: feature view "driver_stats" has no join key "driverid" to map (did you mean "driver_id"?)"`,
  );
});

it("takes a whole view into a service", () => {
  const service = defineFeatureService({ name: "s", owner: "o", description: "", features: [driverStats] });
  expect(service.projections).toEqual([{ view: "driver_stats", features: ["trips", "rate"], joinKeyMap: {} }]);
  expect(driver.joinKeys).toEqual([{ name: "driver_id", type: "long" }]);
});
