import { defineFeatureView } from "@icecore/feature-registry";
import { airport, route } from "./entities.ts";

/** A flight counts from the moment its delay is known: when it has landed. */
export const originDelays = defineFeatureView({
  name: "origin_delays",
  entities: [airport],
  features: {
    departures_3h: { type: "long", description: "Flights from here that landed in the last 3 hours." },
    departure_delay_3h: { type: "double", description: "Their mean delay in minutes." },
    departure_late_share_24h: {
      type: "double",
      description: "Share of the last 24 hours' that were 15 minutes late or more.",
    },
  },
  ttl: "1d",
  partitionBy: "month",
  owner: "flight-ops",
  description: "How late recent flights out of an airport were, hour by hour.",
  tags: { domain: "punctuality" },
});

export const destinationDelays = defineFeatureView({
  name: "destination_delays",
  entities: [airport],
  features: {
    arrivals_3h: { type: "long", description: "Flights that landed here in the last 3 hours." },
    arrival_delay_3h: { type: "double", description: "Their mean delay in minutes." },
    arrival_late_share_24h: {
      type: "double",
      description: "Share of the last 24 hours' that were 15 minutes late or more.",
    },
  },
  ttl: "1d",
  partitionBy: "month",
  owner: "flight-ops",
  description: "How late recent flights into an airport were, hour by hour.",
  tags: { domain: "punctuality" },
});

export const routeHistory = defineFeatureView({
  name: "route_history",
  entities: [route],
  features: {
    distance_miles: { type: "int", description: "Great-circle distance of the route." },
    flights_30d: { type: "long", description: "Flights on the route in the last 30 days." },
    route_delay_30d: { type: "double", description: "Their mean delay in minutes." },
    route_late_share_30d: { type: "double", description: "Share of them that were 15 minutes late or more." },
  },
  ttl: "30d",
  partitionBy: "month",
  owner: "network-planning",
  description: "How a route did in the last 30 days, day by day.",
  tags: { domain: "punctuality" },
});
