import type { FeatureSelection } from "@icecore/feature-registry";
import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { requireViews } from "../access/authorize.ts";
import { parseJsonNumbers, readBody } from "../body.ts";
import type { HttpApi } from "../http-api.ts";
import type { HttpMetrics } from "../metrics/http-metrics.ts";
import type { Operation } from "../openapi/operation.ts";
import { onlineResponse } from "../wire/online-response.ts";

const requestBody = z
  .object({
    entities: z.record(z.string(), z.array(z.unknown())).describe("By join key, a value for each entity."),
    features: z.array(z.string()).nullish().describe("As view:feature."),
    feature_service: z.string().nullish().describe("Instead of features."),
    full_feature_names: z.boolean().nullish().describe("Answer view__feature instead of feature."),
  })
  .transform((body, context) => {
    const { entities, features, feature_service: service } = body;
    const fullFeatureNames = body.full_feature_names ?? false;
    if (service) return { entities, selection: { service, fullFeatureNames } satisfies FeatureSelection };
    if (features) return { entities, selection: { features, fullFeatureNames } satisfies FeatureSelection };
    context.addIssue({ code: "custom", message: "give features, or a feature_service" });
    return z.NEVER;
  });

const status = z.enum(["PRESENT", "NULL_VALUE", "NOT_FOUND", "OUTSIDE_MAX_AGE"]);

const operation: Operation = {
  method: "post",
  path: "/get-online-features",
  role: "reader",
  tag: "serving",
  summary: "The latest features of entities",
  description: "As Feast's feature server: results[i] is the column of feature_names[i], join keys first.",
  body: {
    json: requestBody,
    example: { features: ["driver_hourly_stats:conv_rate"], entities: { driver_id: [1001, 1002] } },
  },
  responses: {
    200: {
      description: "A column for each join key and feature",
      json: z.object({
        metadata: z.object({ feature_names: z.array(z.string()) }),
        results: z.array(
          z.object({ values: z.array(z.unknown()), statuses: z.array(status), event_timestamps: z.array(z.string()) }),
        ),
      }),
    },
  },
};

/** `POST /get-online-features`, as Feast's feature server has it. */
export function addOnlineFeatures(api: HttpApi, store: FeatureStore, metrics: HttpMetrics): void {
  api.add(operation, async (c) => {
    const { entities, selection } = await readBody(c, requestBody, parseJsonNumbers);
    if (c.get("principal").views !== undefined) requireViews(c, await store.selectedViews(selection));
    const answer = await store.selectOnlineFeatures(selection, entities);
    metrics.countStatuses(answer.columns);
    return c.body(onlineResponse(answer.requests, entities, answer), 200, { "content-type": "application/json" });
  });
}
