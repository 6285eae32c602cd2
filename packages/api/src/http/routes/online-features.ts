import type { FeatureSelection } from "@icecore/feature-registry";
import type { Hono } from "hono";
import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { parseJsonNumbers, readBody } from "../body.ts";
import type { HttpEnv } from "../failure.ts";
import { onlineResponse } from "../wire/online-response.ts";

const requestBody = z
  .object({
    entities: z.record(z.string(), z.array(z.unknown())),
    features: z.array(z.string()).nullish(),
    feature_service: z.string().nullish(),
    full_feature_names: z.boolean().nullish(),
  })
  .transform((body, context) => {
    const { entities, features, feature_service: service } = body;
    const fullFeatureNames = body.full_feature_names ?? false;
    if (service) return { entities, selection: { service, fullFeatureNames } satisfies FeatureSelection };
    if (features) return { entities, selection: { features, fullFeatureNames } satisfies FeatureSelection };
    context.addIssue({ code: "custom", message: "give features, or a feature_service" });
    return z.NEVER;
  });

/** `POST /get-online-features`, as Feast's feature server has it. */
export function addOnlineFeatures(app: Hono<HttpEnv>, store: FeatureStore): void {
  app.post("/get-online-features", async (c) => {
    const { entities, selection } = await readBody(c, requestBody, parseJsonNumbers);
    const answer = await store.selectOnlineFeatures(selection, entities);
    return c.body(onlineResponse(answer.requests, entities, answer), 200, { "content-type": "application/json" });
  });
}
