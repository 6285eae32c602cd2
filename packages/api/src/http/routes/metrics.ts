import { toError } from "../../errors.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { ViewFreshness } from "../../store/freshness.ts";
import type { HttpApi } from "../http-api.ts";
import type { HttpMetrics } from "../metrics/http-metrics.ts";
import type { Operation } from "../openapi/operation.ts";
import { within } from "../within.ts";

const operation: Operation = {
  method: "get",
  path: "/metrics",
  role: "reader",
  tag: "operations",
  summary: "Prometheus metrics: requests, values read, freshness of every view",
  responses: { 200: { description: "Prometheus's text format", content: ["text/plain"] } },
};

/** Scrapers come every few seconds, and there may be several. */
const rememberedMs = 5_000;

/** `GET /metrics`. It answers also where the catalog does not, or one view cannot be looked at; the log says so then. */
export function addMetrics(api: HttpApi, store: FeatureStore, metrics: HttpMetrics, timeoutMs: number): void {
  let known: { readonly at: number; readonly freshness: Promise<readonly ViewFreshness[]> } | undefined;
  const freshness = () => {
    if (known === undefined || performance.now() - known.at > rememberedMs) {
      known = { at: performance.now(), freshness: store.freshness() };
      known.freshness.catch(() => {
        known = undefined;
      });
    }
    return known.freshness;
  };
  api.add(operation, async (c) => {
    const found = await within(timeoutMs, freshness()).catch((error: unknown) => {
      c.error = toError(error);
      return [];
    });
    const problem = found.find((view) => view.problem !== undefined)?.problem;
    if (problem !== undefined) c.error = problem;
    return c.body(await metrics.text(found), 200, { "content-type": metrics.contentType });
  });
}
