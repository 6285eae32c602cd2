import { defineEntity, defineFeatureView, type FeatureView } from "@icecore/feature-registry";

const described = { owner: "tests", description: "a definition of a test" };

/** One long join key, and Feast's familiar features. */
export const driverStats: FeatureView = defineFeatureView({
  ...described,
  name: "driver_hourly_stats",
  entities: [defineEntity({ ...described, name: "driver", joinKeys: { driver_id: "long" } })],
  features: { conv_rate: "float", acc_rate: "float", avg_daily_trips: "long" },
});

/** A feature of every type. */
export const everyType: FeatureView = defineFeatureView({
  ...described,
  name: "every_type",
  entities: [defineEntity({ ...described, name: "thing", joinKeys: { id: "string" } })],
  features: {
    a_boolean: "boolean",
    an_int: "int",
    a_long: "long",
    a_float: "float",
    a_double: "double",
    a_date: "date",
    a_time: "time",
    a_timestamp: "timestamp",
    a_timestamptz: "timestamptz",
    a_string: "string",
    a_uuid: "uuid",
    a_binary: "binary",
    a_decimal: "decimal(9, 2)",
    some_booleans: "list<boolean>",
    some_doubles: "list<double>",
    some_strings: "list<string>",
    some_times: "list<timestamptz>",
  },
});

/** Join keys of several types, not in the order of their names. */
export const routeStats: FeatureView = defineFeatureView({
  ...described,
  name: "route_stats",
  entities: [
    defineEntity({ ...described, name: "route", joinKeys: { user: "string", item: "int", hour: "timestamptz" } }),
  ],
  features: { rides: "int" },
});
