import { toError } from "../../errors.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { HttpApi } from "../http-api.ts";
import type { Operation } from "../openapi/operation.ts";
import { within } from "../within.ts";

const operation: Operation = {
  method: "get",
  path: "/health",
  role: "anyone",
  tag: "operations",
  summary: "Whether the catalog and the online store answer",
  responses: { 200: { description: "Both answer" }, 503: { description: "One does not; the log says why" } },
};

/**
 * `GET /health`: 200 when the catalog and the online store answer in time, else 503; what is wrong goes to the log.
 */
export function addHealth(api: HttpApi, store: FeatureStore, timeoutMs: number): void {
  api.add(operation, async (c) => {
    try {
      await within(timeoutMs, store.ping());
      return c.body(null, 200);
    } catch (error) {
      c.error = toError(error);
      return c.body(null, 503);
    }
  });
}
