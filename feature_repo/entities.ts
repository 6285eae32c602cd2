import { defineEntity } from "@icecore/feature-registry";

export const airport = defineEntity({
  name: "airport",
  joinKeys: { airport: "string" },
  owner: "flight-ops",
  description: "An airport, by its IATA code.",
});

export const route = defineEntity({
  name: "route",
  joinKeys: { origin: "string", destination: "string" },
  owner: "flight-ops",
  description: "A pair of airports with flights between them.",
});
