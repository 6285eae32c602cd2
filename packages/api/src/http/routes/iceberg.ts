import type { Hono } from "hono";
import type { FeatureStore } from "../../store/feature-store.ts";
import { failure, type HttpEnv, icebergPrefix } from "../failure.ts";

/** `/iceberg`: the embedded Iceberg REST catalog, for any engine to attach to. */
export function addIceberg(app: Hono<HttpEnv>, store: FeatureStore): void {
  const { catalogHandler } = store;
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
