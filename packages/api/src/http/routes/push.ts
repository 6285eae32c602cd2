import type { FeatureView } from "@icecore/feature-registry";
import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { pushTargets } from "../../store/push.ts";
import { requireViews } from "../access/authorize.ts";
import { readBody } from "../body.ts";
import type { HttpApi } from "../http-api.ts";
import type { Operation } from "../openapi/operation.ts";
import type { PushLines } from "../push/push-lines.ts";
import { framedColumns, pushedFrame } from "../wire/pushed-frame.ts";

const pushBody = z.object({
  push_source_name: z.string().describe("A view without a push source goes by its own name."),
  df: pushedFrame.describe("Rows, as a list of values by column."),
  to: z.enum(pushTargets).default("online").describe("Where they go."),
  key: z.string().min(1).max(256).optional().describe("The same key goes into the history once. Not Feast's."),
});

type Frame = z.output<typeof pushedFrame>;

const writeBody = z.object({
  feature_view_name: z.string().describe("The view."),
  df: pushedFrame.describe("Rows, as a list of values by column."),
});

const exampleRows = { driver_id: [1001], event_timestamp: ["2026-01-31T12:00:00Z"], conv_rate: [0.5] };

const written = { 200: { description: "Written", json: z.null() } };

const pushOperation: Operation = {
  method: "post",
  path: "/push",
  role: "writer",
  tag: "serving",
  summary: "Write rows online, to the history, or both",
  description: "As Feast's feature server; a push source is one that feature views name, or the name of a view.",
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
export function addPush(api: HttpApi, store: FeatureStore, lines: PushLines): void {
  api.add(pushOperation, async (c) => {
    const { push_source_name: name, df, to, key } = await readBody(c, pushBody);
    const views = await store.pushedViews(name);
    requireViews(
      c,
      views.map((view) => view.name),
    );
    for (const view of views) {
      const columns = framedColumns(withoutOthers(df, view, views), view);
      await lines.push(view.name, { columns, key }, to);
    }
    return c.json(null);
  });
  api.add(writeOperation, async (c) => {
    const { feature_view_name: name, df } = await readBody(c, writeBody);
    requireViews(c, [name]);
    const view = await store.featureView(name);
    await lines.push(view.name, { columns: framedColumns(df, view) }, "online");
    return c.json(null);
  });
}

/** The columns of a frame but for those of features that only other views of its push source have. */
function withoutOthers(df: Frame, view: FeatureView, views: readonly FeatureView[]): Frame {
  const own = new Set(columnsOf(view));
  const others = new Set(views.flatMap(columnsOf).filter((name) => !own.has(name)));
  return Object.fromEntries(Object.entries(df).filter(([name]) => !others.has(name)));
}

const columnsOf = ({ joinKeys, features }: FeatureView): readonly string[] =>
  [...joinKeys, ...features].map(({ name }) => name);
