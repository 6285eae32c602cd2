import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { endpointOf, type RouteName, routes } from "../../catalog/rest/routes.ts";
import { stringifyJson } from "../../spec/json.ts";
import type { CatalogContext } from "../operations/context.ts";
import { errorModel, errorResponse, jsonResponse } from "./error-response.ts";
import { idempotencyKeyLifetime } from "./idempotency.ts";
import { addNamespaceRoutes } from "./namespace-routes.ts";
import { requireToken } from "./require-token.ts";
import { pathFor } from "./route-path.ts";
import { addTableRoutes } from "./table-routes.ts";

/** More than a commit to any number of tables takes: a body is in memory as a whole. */
const maxBodyBytes = 64 * 1024 ** 2;

/** The Iceberg REST catalog as an HTTP application. With a token, every request must bear it. */
export function createCatalogApp(context: CatalogContext, options: { readonly token?: string } = {}): Hono {
  const app = new Hono();
  if (options.token !== undefined) app.use(requireToken(options.token));
  const tooLarge = () => errorModel(413, "BadRequestException", `a request has at most ${maxBodyBytes} bytes`);
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }));
  app.get(pathFor("getConfig"), () => jsonResponse(stringifyJson(config)));
  addNamespaceRoutes(app, context);
  addTableRoutes(app, context);
  app.onError((error) => errorResponse(error));
  app.notFound((c) =>
    errorModel(404, "NoSuchEndpointException", `this catalog has no ${c.req.method} ${new URL(c.req.url).pathname}`),
  );
  return app;
}

/** The config is not listed by convention; credentials are not vended: whoever reaches the files has their own. */
const unlisted: ReadonlySet<RouteName> = new Set(["getConfig", "loadCredentials"]);

const config = {
  // Nobody reads them here.
  defaults: { "rest-metrics-reporting-enabled": "false" },
  overrides: {},
  "idempotency-key-lifetime": idempotencyKeyLifetime,
  endpoints: (Object.keys(routes) as RouteName[]).filter((name) => !unlisted.has(name)).map(endpointOf),
};
