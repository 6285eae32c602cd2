import { Hono } from "hono";
import { requestId } from "hono/request-id";
import type { FeatureStore } from "../store/feature-store.ts";
import { bodyLimitBytes } from "./body.ts";
import { failure, type HttpEnv, thrownFailure } from "./failure.ts";
import { type AccessRecord, accessLog } from "./middleware/access-log.ts";
import { limitBody } from "./middleware/limit-body.ts";
import { requireToken } from "./middleware/require-token.ts";
import { sameMachine } from "./middleware/same-machine.ts";
import { addHealth } from "./routes/health.ts";
import { addIceberg } from "./routes/iceberg.ts";
import { addIngest } from "./routes/ingest.ts";
import { addMaterialize } from "./routes/materialize.ts";
import { addOnlineFeatures } from "./routes/online-features.ts";
import { addPush } from "./routes/push.ts";
import { addQuery } from "./routes/query.ts";
import { addRegistry } from "./routes/registry.ts";
import { addTrainingSets } from "./routes/training-sets.ts";
import { isRowUpload } from "./uploaded-rows.ts";

export interface HttpAppOptions {
  /** Bearer token that every request but `GET /health` must carry. Default: none, and only `localhost` is served. */
  readonly token?: string | undefined;
  /** Takes a record of every request. Default: they are dropped. */
  readonly log?: ((record: AccessRecord) => void) | undefined;
  readonly now?: (() => Date) | undefined;
  /** How long `GET /health` waits for the registry and the online store. Default: 5 seconds. */
  readonly healthTimeoutMs?: number | undefined;
  /** The largest body of rows that is taken, in bytes. Default: 4 GiB. */
  readonly uploadLimitBytes?: number | undefined;
}

/** The HTTP API as an application, and whether it asks for a token. */
export type HttpApp = Hono<HttpEnv> & { readonly requiresToken: boolean };

/**
 * The HTTP API of a feature store: Feast's feature server, queries and history under `/v1`, and the embedded Iceberg
 * REST catalog under `/iceberg`. It can be asked without a network: `app.request("/health")`.
 */
export function createHttpApp(store: FeatureStore, options: HttpAppOptions = {}): HttpApp {
  const { token, log, now = () => new Date(), healthTimeoutMs = 5_000, uploadLimitBytes = 4 * 1024 ** 3 } = options;
  const app = new Hono<HttpEnv>();
  app.use(requestId({ limitLength: 128 }));
  if (log !== undefined) app.use(accessLog(log, now));
  app.use(token === undefined ? sameMachine() : requireToken(token));
  const limited = limitBody(bodyLimitBytes);
  // Rows go through a file, and have a limit of their own.
  app.use((c, next) => (isRowUpload(c) ? next() : limited(c, next)));
  addHealth(app, store, healthTimeoutMs);
  addOnlineFeatures(app, store);
  addPush(app, store);
  addMaterialize(app, store);
  addQuery(app, store);
  addTrainingSets(app, store, uploadLimitBytes);
  addIngest(app, store, uploadLimitBytes);
  addRegistry(app, store);
  addIceberg(app, store);
  app.notFound((c) => failure(c, 404, "NOT_FOUND", `there is no ${c.req.method} ${c.req.path}`));
  app.onError(thrownFailure);
  return Object.assign(app, { requiresToken: token !== undefined });
}
