import type { FeatureStore } from "../../store/feature-store.ts";
import { requireAllViews, requireRole } from "../access/authorize.ts";
import { failure, icebergPrefix } from "../failure.ts";
import type { HttpApi } from "../http-api.ts";

/**
 * `/iceberg`: the embedded Iceberg REST catalog, for any engine to attach to. Whoever may write there may change every
 * table, the registry among them: that is for admins.
 */
export function addIceberg({ app }: HttpApi, store: FeatureStore): void {
  const { catalogHandler } = store;
  app.use(`${icebergPrefix}/*`, async (c, next) => {
    c.set("route", icebergPrefix);
    requireAllViews(c, "the Iceberg catalog");
    requireRole(c, ["GET", "HEAD"].includes(c.req.method) ? "reader" : "admin");
    return next();
  });
  if (catalogHandler !== undefined) {
    app.mount(icebergPrefix, catalogHandler);
    return;
  }
  app.all(`${icebergPrefix}/*`, (c) =>
    failure(
      c,
      404,
      "NoSuchEndpointException",
      "this project has an Iceberg catalog of its own; attach engines to the uri of offline_store.catalog",
    ),
  );
}
