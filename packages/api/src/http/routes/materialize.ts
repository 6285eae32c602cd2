import { findFeatureView } from "@icecore/feature-registry";
import type { Context, Hono } from "hono";
import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { readBody } from "../body.ts";
import { Claims } from "../claims.ts";
import type { HttpEnv } from "../failure.ts";

/** Feast's Python clients leave the zone out when they mean UTC. */
const timestamp = z.iso.datetime({ offset: true, local: true });

const requestBody = z.object({
  start_ts: timestamp.nullish(),
  end_ts: timestamp.nullish(),
  feature_views: z.array(z.string()).nullish(),
});

/**
 * `POST /materialize` and `/materialize-incremental`, as Feast's feature server has them. Feast's clients always send a
 * window of event time; it is checked and then not looked at, since materialization follows snapshots: the first reads
 * the whole history again, the second what was committed since the last run, late rows included.
 */
export function addMaterialize(app: Hono<HttpEnv>, store: FeatureStore): void {
  const claims = new Claims();
  const materialize = (full: boolean) => async (c: Context<HttpEnv>) => {
    const body = await readBody(c, requestBody);
    const views = await viewNames(store, body.feature_views ?? []);
    const running = claims.taken(views);
    if (running.length > 0) {
      return c.json({ error: `already being materialized: ${running.join(", ")}`, feature_views: running }, 409);
    }
    await claims.hold(views, () => store.materialize({ views, full }));
    return c.json(null);
  };
  app.post("/materialize", materialize(true));
  app.post("/materialize-incremental", materialize(false));
}

/** The views that are meant: those that are named, or else all that are online. */
async function viewNames(store: FeatureStore, named: readonly string[]): Promise<readonly string[]> {
  const { definitions } = await store.registry();
  const views =
    named.length === 0
      ? definitions.featureViews.filter((view) => view.online)
      : named.map((name) => findFeatureView(definitions, name));
  return [...new Set(views.map((view) => view.name))];
}
