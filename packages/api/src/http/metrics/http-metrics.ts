import type { FieldStatus } from "@icecore/online-sync";
import type { MiddlewareHandler } from "hono";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ViewFreshness } from "../../store/freshness.ts";
import type { HttpEnv } from "../failure.ts";

/** What the server counts of its requests, and how fresh its views are, as Prometheus reads it. */
export class HttpMetrics {
  readonly #registry = new Registry();
  readonly #durations = new Histogram({
    name: "icecore_http_request_duration_seconds",
    help: "From a request to the begin of its answer.",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.#registry],
  });
  readonly #statuses = new Counter({
    name: "icecore_online_features_total",
    help: "Feature values read online, by what was found.",
    labelNames: ["status"],
    registers: [this.#registry],
  });
  readonly #lag = this.#viewGauge(
    "icecore_feature_view_lag_seconds",
    "For how long the oldest commit has waited to be online; 0 when all are.",
  );
  readonly #committed = this.#viewGauge(
    "icecore_feature_view_committed_timestamp_seconds",
    "When the newest rows of a view were committed, in seconds since 1970.",
  );
  readonly #materialized = this.#viewGauge(
    "icecore_feature_view_materialized_timestamp_seconds",
    "When the rows that are online were committed, in seconds since 1970.",
  );
  #hasDefaults = false;

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Measures every request. */
  measure(): MiddlewareHandler<HttpEnv> {
    return async (c, next) => {
      const began = performance.now();
      await next();
      // The paths that nobody serves are as many as callers please.
      const labels = { method: c.req.method, route: c.get("route") ?? "none", status: c.res.status };
      this.#durations.observe(labels, (performance.now() - began) / 1000);
    };
  }

  countStatuses(columns: readonly { readonly statuses: readonly FieldStatus[] }[]): void {
    const counts: Partial<Record<FieldStatus, number>> = {};
    for (const { statuses } of columns) for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
    for (const [status, count] of Object.entries(counts)) this.#statuses.inc({ status }, count);
  }

  /** Prometheus's text; without freshness where nobody could tell. */
  async text(freshness: readonly ViewFreshness[]): Promise<string> {
    if (!this.#hasDefaults) collectDefaultMetrics({ register: this.#registry });
    this.#hasDefaults = true;
    for (const gauge of [this.#lag, this.#committed, this.#materialized]) gauge.reset();
    for (const { view, committedAt, materializedAt, lagSeconds } of freshness) {
      const labels = { feature_view: view };
      if (committedAt !== undefined) this.#committed.set(labels, committedAt.getTime() / 1000);
      if (materializedAt !== undefined) this.#materialized.set(labels, materializedAt.getTime() / 1000);
      if (lagSeconds !== undefined) this.#lag.set(labels, lagSeconds);
    }
    return this.#registry.metrics();
  }

  #viewGauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, labelNames: ["feature_view"], registers: [this.#registry] });
  }
}
