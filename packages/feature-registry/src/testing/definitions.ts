import fc from "fast-check";
import { defineEntity, defineFeatureService, defineFeatureView, project } from "../define.ts";
import {
  type Definition,
  type Definitions,
  type FeatureView,
  groupDefinitions,
  partitionGranularities,
} from "../definitions.ts";
import { keyTypes } from "../feature-type.ts";

/** Feast's familiar example. */
export const driver = defineEntity({
  name: "driver",
  joinKeys: { driver_id: "long" },
  owner: "rides",
  description: "Who drives.",
});

export const driverStats = defineFeatureView({
  name: "driver_stats",
  entities: [driver],
  features: { trips: "int", rate: { type: "double", description: "Of acceptance.", default: 0.5 } },
  ttl: "1d",
  owner: "rides",
  description: "What a driver did.",
});

export const activity = defineFeatureService({
  name: "activity",
  owner: "rides",
  description: "",
  features: [
    driverStats,
    project(driverStats, { as: "partner", joinKeyMap: { driver_id: "partner_id" }, features: [] }),
  ],
});

/** The example, with the view changed. */
export function driverDefinitions(view: Partial<FeatureView> = {}, ...more: readonly Definition[]): Definitions {
  return groupDefinitions([driver, { ...driverStats, ...view }, ...more]);
}

const text = fc.string({ unit: "binary", maxLength: 12 });
const described = {
  name: text,
  description: text,
  owner: text,
  tags: fc.dictionary(
    text.filter((key) => key !== "__proto__"),
    text,
    { maxKeys: 4 },
  ),
};
const joinKeys = fc.array(fc.record({ name: text, type: fc.constantFrom(...keyTypes) }), { maxLength: 3 });
const optional = <T>(key: string, values: fc.Arbitrary<T>) =>
  fc.option(values, { nil: undefined }).map((value) => (value === undefined ? {} : { [key]: value }));
const featureDefault = fc.oneof(
  fc.boolean(),
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
);
const feature = fc
  .tuple(fc.record({ name: text, type: text }), optional("description", text), optional("default", featureDefault))
  .map((parts) => Object.assign({}, ...parts));

/** Any definition, of whatever sense: what the registry must keep is not for it to judge. */
export const anyDefinition: fc.Arbitrary<Definition> = fc.oneof(
  fc.record({ kind: fc.constant("entity" as const), ...described, joinKeys }),
  fc
    .tuple(
      fc.record({
        kind: fc.constant("feature_view" as const),
        ...described,
        entities: fc.array(text, { maxLength: 2 }),
        joinKeys,
        features: fc.array(feature, { maxLength: 4 }),
        timestampField: text,
        createdTimestampColumn: text,
        online: fc.boolean(),
        partitionBy: fc.constantFrom(...partitionGranularities),
      }),
      optional("ttlSeconds", fc.integer({ min: 1 })),
    )
    .map(([view, ttl]) => ({ ...view, ...ttl })),
  fc.record({
    kind: fc.constant("feature_service" as const),
    ...described,
    projections: fc.array(
      fc.record({
        view: text,
        features: fc.array(text, { maxLength: 3 }),
        joinKeyMap: fc.dictionary(text, text, { maxKeys: 3 }),
      }),
      { maxLength: 3 },
    ),
  }),
);
