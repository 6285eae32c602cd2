import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { pushTargets } from "../../store/push.ts";
import { requireViews } from "../access/authorize.ts";
import { readBody } from "../body.ts";
import type { HttpApi } from "../http-api.ts";
import type { Operation } from "../openapi/operation.ts";
import { framedColumns, pushedFrame } from "../wire/pushed-frame.ts";

const pushBody = z.object({
  /** A push source is known by the name of its feature view. */
  push_source_name: z.string(),
  df: pushedFrame,
  to: z.enum(pushTargets).default("online"),
  /** The same key goes into the history once. Not Feast's. */
  key: z.string().min(1).optional(),
});

const writeBody = z.object({ feature_view_name: z.string(), df: pushedFrame });

const exampleRows = { driver_id: [1001], event_timestamp: ["2026-01-31T12:00:00Z"], conv_rate: [0.5] };

const written = { 200: { description: "Written", json: z.null() } };

const pushOperation: Operation = {
  method: "post",
  path: "/push",
  role: "writer",
  tag: "serving",
  summary: "Write rows online, to the history, or both",
  description: "As Feast's feature server; a push source is known by the name of its feature view.",
  body: { json: pushBody, example: { push_source_name: "driver_hourly_stats", df: exampleRows, to: "online" } },
  responses: written,
};

const writeOperation: Operation = {
  method: "post",
  path: "/write-to-online-store",
  role: "writer",
  tag: "serving",
  summary: "Write rows online",
  description: "As Feast's feature server.",
  body: { json: writeBody, example: { feature_view_name: "driver_hourly_stats", df: exampleRows } },
  responses: written,
};

/** `POST /push` and `POST /write-to-online-store`, as Feast's feature server has them. */
export function addPush(api: HttpApi, store: FeatureStore): void {
  api.add(pushOperation, async (c) => {
    const { push_source_name: name, df, to, key } = await readBody(c, pushBody);
    requireViews(c, [name]);
    const columns = framedColumns(df, await store.featureView(name));
    await store.push(name, { columns }, { to, key });
    return c.json(null);
  });
  api.add(writeOperation, async (c) => {
    const { feature_view_name: name, df } = await readBody(c, writeBody);
    requireViews(c, [name]);
    const columns = framedColumns(df, await store.featureView(name));
    await store.push(name, { columns }, { to: "online" });
    return c.json(null);
  });
}
