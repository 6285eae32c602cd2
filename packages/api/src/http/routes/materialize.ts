import type { EventWindow } from "@icecore/offline-store";
import type { Context } from "hono";
import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { selectViews } from "../../store/select-views.ts";
import { requireViews } from "../access/authorize.ts";
import { readBody } from "../body.ts";
import { Claims } from "../claims.ts";
import type { HttpEnv } from "../failure.ts";
import type { HttpApi } from "../http-api.ts";
import type { Operation } from "../openapi/operation.ts";
import { requestSignal } from "../request-signal.ts";

/** Feast's Python clients leave the zone out when they mean UTC. */
const timestamp = z.iso.datetime({ offset: true, local: true });

const requestBody = z.object({
  start_ts: timestamp.nullish().describe("From this event time on, inclusive."),
  end_ts: timestamp.nullish().describe("Until this event time, inclusive."),
  feature_views: z.array(z.string()).nullish().describe("Which views; all that are online when left out."),
  disable_event_timestamp: z.boolean().nullish().describe("Feast's: write all rows, whatever the window."),
});

const done = {
  200: { description: "Everything is online", json: z.null() },
  409: {
    description: "Some of the views are being materialized",
    json: z.object({ error: z.string(), feature_views: z.array(z.string()) }),
  },
};

const windowOperation: Operation = {
  method: "post",
  path: "/materialize",
  role: "writer",
  tag: "serving",
  summary: "Bring a window of event time online, or everything",
  description: "As Feast's feature server. Without start_ts and end_ts, all rows are written again.",
  body: { json: requestBody, example: { feature_views: ["driver_hourly_stats"] } },
  responses: done,
};

const incrementalOperation: Operation = {
  method: "post",
  path: "/materialize-incremental",
  role: "writer",
  tag: "serving",
  summary: "Bring online what was committed since the last run",
  description: "As Feast's feature server. end_ts is not looked at: rows that come late would be lost by it.",
  body: { json: requestBody, example: { feature_views: ["driver_hourly_stats"] } },
  responses: done,
};

/**
 * `POST /materialize` and `/materialize-incremental`, as Feast's feature server has them. The first writes the rows of a
 * window of event time, or all without one; the second what was committed since the last run: Feast's clients send an end
 * of event time with it, which is not looked at, since late rows would be lost.
 */
export function addMaterialize(api: HttpApi, store: FeatureStore): void {
  const claims = new Claims();
  const materialize =
    (optionsOf: (body: z.output<typeof requestBody>) => Parameters<FeatureStore["materialize"]>[0]) =>
    async (c: Context<HttpEnv>) => {
      const body = await readBody(c, requestBody);
      const views = await viewNames(store, body.feature_views ?? []);
      requireViews(c, views);
      const running = claims.taken(views);
      if (running.length > 0) {
        return c.json({ error: `already being materialized: ${running.join(", ")}`, feature_views: running }, 409);
      }
      const signal = requestSignal(c);
      await claims.hold(views, () =>
        api.slots.run(signal, () => store.materialize({ views, signal, ...optionsOf(body) })),
      );
      return c.json(null);
    };
  const windowed = materialize((body) => {
    const window = windowOf(body);
    return window === undefined ? { full: true } : { window };
  });
  api.add(windowOperation, windowed);
  api.add(
    incrementalOperation,
    materialize(() => ({})),
  );
}

function windowOf({
  start_ts,
  end_ts,
  disable_event_timestamp,
}: z.output<typeof requestBody>): EventWindow | undefined {
  if (disable_event_timestamp === true || (!start_ts && !end_ts)) return undefined;
  return { fromMicros: micros(start_ts), toMicros: micros(end_ts) };
}

function micros(text: string | null | undefined): bigint | undefined {
  if (!text) return undefined;
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
  // A date holds milliseconds; Python prints microseconds.
  const fraction = /\.(\d+)/.exec(zoned)?.[1] ?? "";
  const below = BigInt(fraction.padEnd(6, "0").slice(3, 6) || "0");
  return BigInt(new Date(zoned).getTime()) * 1000n + below;
}

/** The views that are meant, each once. */
async function viewNames(store: FeatureStore, named: readonly string[]): Promise<readonly string[]> {
  const { definitions } = await store.registry();
  return [...new Set(selectViews(definitions, named).map((view) => view.name))];
}
