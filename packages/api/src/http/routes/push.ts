import type { Hono } from "hono";
import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { pushTargets } from "../../store/push.ts";
import { readBody } from "../body.ts";
import type { HttpEnv } from "../failure.ts";
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

/** `POST /push` and `POST /write-to-online-store`, as Feast's feature server has them. */
export function addPush(app: Hono<HttpEnv>, store: FeatureStore): void {
  app.post("/push", async (c) => {
    const { push_source_name: name, df, to, key } = await readBody(c, pushBody);
    const columns = framedColumns(df, await store.featureView(name));
    await store.push(name, { columns }, { to, key });
    return c.json(null);
  });
  app.post("/write-to-online-store", async (c) => {
    const { feature_view_name: name, df } = await readBody(c, writeBody);
    const columns = framedColumns(df, await store.featureView(name));
    await store.push(name, { columns }, { to: "online" });
    return c.json(null);
  });
}
