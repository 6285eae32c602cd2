import { expect, expectTypeOf, it } from "vitest";
import { defineDataSource, defineEntity, defineFeatureService, defineFeatureView, project } from "./define.ts";
import { driver, driverStats } from "./testing/definitions.ts";

const described = { owner: "rides", description: "" };

/** What the editor marks; it is compiled, and never run. */
const mistakes = (): readonly unknown[] => [
  // @ts-expect-error: the view has no such feature
  project(driverStats, { features: ["tripz"] }),
  // @ts-expect-error: the view has no such join key
  project(driverStats, { joinKeyMap: { driver: "origin" } }),
  // @ts-expect-error: nobody answers for it
  defineEntity({ name: "e", joinKeys: { id: "long" }, description: "" }),
  // @ts-expect-error: keys are no doubles
  defineEntity({ ...described, name: "e", joinKeys: { id: "double" } }),
  // @ts-expect-error: no such type
  defineFeatureView({ ...described, name: "v", entities: [driver], features: { x: "strng" } }),
  // @ts-expect-error: no such type, spelt out
  defineFeatureView({ ...described, name: "v", entities: [driver], features: { x: { type: "flaot" } } }),
  // @ts-expect-error: features are not optional
  defineFeatureView({ ...described, name: "v", entities: [driver] }),
  // @ts-expect-error: entities are definitions, not names
  defineFeatureView({ ...described, name: "v", entities: ["driver"], features: { x: "int" } }),
  // @ts-expect-error: a duration has a unit
  defineFeatureView({ ...described, name: "v", entities: [driver], features: { x: "int" }, ttl: "1" }),
  // @ts-expect-error: no such partitioning
  defineFeatureView({ ...described, name: "v", entities: [driver], features: { x: "int" }, partitionBy: "week" }),
  // @ts-expect-error: online is a flag
  defineFeatureView({ ...described, name: "v", entities: [driver], features: { x: "int" }, online: "yes" }),
  // @ts-expect-error: no such option
  defineFeatureView({ ...described, name: "v", entities: [driver], features: { x: "int" }, onlin: true }),
  // @ts-expect-error: a source is a definition, not the name of a table
  defineFeatureView({ ...described, name: "v", entities: [driver], features: { x: "int" }, source: "a.b" }),
  // @ts-expect-error: a service reads views, not entities
  defineFeatureService({ ...described, name: "s", features: [driver] }),
  // @ts-expect-error: a source needs its table
  defineDataSource({ ...described, name: "d" }),
];

it("knows names and types of what it defines", () => {
  const view = defineFeatureView({ ...described, name: "v", entities: [driver], features: { x: "int", y: "string" } });
  expectTypeOf(view.name).toEqualTypeOf<"v">();
  expectTypeOf(view.featureTypes).toEqualTypeOf<{ readonly x: "int"; readonly y: "string" }>();
  expectTypeOf(view.keyTypes.driver_id).toEqualTypeOf<"long">();
  expect(view).toMatchObject({ online: true, partitionBy: "day", timestampField: "event_timestamp" });
});

it("leaves mistakes to the editor", () => {
  expect(mistakes).toBeTypeOf("function");
});
