import { defineFeatureService, project } from "@icecore/feature-registry";
import { destinationDelays, originDelays, routeHistory } from "./feature-views.ts";

export const delayModel = defineFeatureService({
  name: "delay_model",
  features: [
    project(originDelays, { joinKeyMap: { airport: "origin" } }),
    project(destinationDelays, { joinKeyMap: { airport: "destination" } }),
    routeHistory,
  ],
  owner: "ml-platform",
  description: "Will this flight be late, given what was known at its airports when it left?",
  tags: { model: "delay" },
});
