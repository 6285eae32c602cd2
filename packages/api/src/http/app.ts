import type { Hono } from "hono";
import { requestId } from "hono/request-id";
import type { FeatureStore } from "../store/feature-store.ts";
import { authenticate } from "./access/authenticate.ts";
import { grantTo, type TokenGrant } from "./access/tokens.ts";
import { bodyLimitBytes } from "./body.ts";
import { failure, type HttpEnv, thrownFailure } from "./failure.ts";
import { HttpApi } from "./http-api.ts";
import { type FailedJob, Jobs } from "./jobs/jobs.ts";
import { HttpMetrics } from "./metrics/http-metrics.ts";
import { type AccessRecord, accessLog } from "./middleware/access-log.ts";
import { limitBody } from "./middleware/limit-body.ts";
import { sameMachine } from "./middleware/same-machine.ts";
import { PushLines } from "./push/push-lines.ts";
import { addDocumentation } from "./routes/documentation.ts";
import { addHealth } from "./routes/health.ts";
import { addHistory } from "./routes/history.ts";
import { addIceberg } from "./routes/iceberg.ts";
import { addIngest } from "./routes/ingest.ts";
import { addJobs } from "./routes/jobs.ts";
import { addMaterialize } from "./routes/materialize.ts";
import { addMetrics } from "./routes/metrics.ts";
import { addOnlineFeatures } from "./routes/online-features.ts";
import { addPush } from "./routes/push.ts";
import { addQuery } from "./routes/query.ts";
import { addRegistry } from "./routes/registry.ts";
import { addTrainingSets } from "./routes/training-sets.ts";
import { Slots } from "./slots.ts";
import { isRowUpload } from "./uploaded-rows.ts";

export interface HttpAppOptions {
  /** A bearer token that may do everything, beside {@link grants}. */
  readonly token?: string | undefined;
  /** Who may do what. Default: no token is asked for, and only `localhost` is served. */
  readonly grants?: readonly TokenGrant[] | undefined;
  /** Takes a record of every request. Default: they are dropped. */
  readonly log?: ((record: AccessRecord) => void) | undefined;
  /** Takes a record of every job that failed. Default: they are dropped. */
  readonly logFailedJob?: ((record: FailedJob) => void) | undefined;
  readonly now?: (() => Date) | undefined;
  /** How long `GET /health` and `GET /metrics` wait for the registry and the online store. Default: 5 seconds. */
  readonly healthTimeoutMs?: number | undefined;
  /** The largest body of rows that is taken, in bytes. Default: 4 GiB. */
  readonly uploadLimitBytes?: number | undefined;
  /** How many queries, training sets, ingests and materializations run at a time. Default: 4. */
  readonly concurrency?: number | undefined;
  /** How many of them may wait for their turn; others are answered 503. Default: 64. */
  readonly maxWaiting?: number | undefined;
  /** How long each of them may take; jobs take as long as they need. Default: as long as its caller waits. */
  readonly timeoutMs?: number | undefined;
}

/** The HTTP API as an application; disposing of it ends its jobs, and refuses pushes that wait. */
export type HttpApp = Hono<HttpEnv> &
  AsyncDisposable & {
    readonly requiresToken: boolean;
    /** Ends the jobs that run and refuses pushes that wait, so that nobody waits for them; what jobs have made can still be fetched. */
    refuseWork(): void;
  };

/**
 * The HTTP API of a feature store: Feast's feature server, queries, training sets, jobs and the registry under `/v1`, and
 * the embedded Iceberg REST catalog under `/iceberg`; `/openapi.json` describes it, `/docs` shows that, `/metrics` is for
 * Prometheus. It can be asked without a network: `app.request("/health")`.
 */
export function createHttpApp(store: FeatureStore, options: HttpAppOptions = {}): HttpApp {
  const { log, now = () => new Date(), healthTimeoutMs = 5_000, uploadLimitBytes = 4 * 1024 ** 3 } = options;
  const { concurrency = 4, maxWaiting = 64, timeoutMs } = options;
  const grants = grantsOf(options);
  const metrics = new HttpMetrics();
  const jobs = new Jobs(now, options.logFailedJob);
  const pushes = new PushLines(store);
  const api = new HttpApi(new Slots(concurrency, maxWaiting));
  const { app } = api;
  app.use(requestId({ limitLength: 128 }));
  app.use(metrics.measure());
  if (log !== undefined) app.use(accessLog(log, now));
  app.use(grants.length === 0 ? sameMachine() : authenticate(grants, (path) => api.isOpen(path)));
  const limited = limitBody(bodyLimitBytes);
  app.use((c, next) => {
    c.set("timeoutMs", timeoutMs);
    return isRowUpload(c) && api.takesRows(c.req.path) ? next() : limited(c, next);
  });
  addHealth(api, store, healthTimeoutMs);
  addOnlineFeatures(api, store, metrics);
  addPush(api, store, pushes);
  addMaterialize(api, store);
  addQuery(api, store);
  addTrainingSets(api, store, uploadLimitBytes);
  addJobs(api, store, jobs, uploadLimitBytes);
  addIngest(api, store, uploadLimitBytes);
  addHistory(api, store);
  addRegistry(api, store);
  addMetrics(api, store, metrics, healthTimeoutMs);
  addIceberg(api, store);
  addDocumentation(api);
  app.notFound((c) => {
    const methods = api.methodsOf(c.req.path);
    const what = `there is no ${c.req.method} ${c.req.path}`;
    if (methods.length === 0) return failure(c, 404, "NOT_FOUND", what);
    c.header("Allow", methods.join(", "));
    return failure(c, 405, "METHOD_NOT_ALLOWED", `${what}; there is ${methods.join(", ")}`);
  });
  app.onError(thrownFailure);
  return Object.assign(app, {
    requiresToken: grants.length > 0,
    refuseWork: () => {
      jobs.cancelRunning();
      pushes.close();
    },
    [Symbol.asyncDispose]: async () => {
      await pushes[Symbol.asyncDispose]();
      await jobs[Symbol.asyncDispose]();
    },
  });
}

function grantsOf({ token, grants = [] }: HttpAppOptions): readonly TokenGrant[] {
  return token === undefined ? grants : [...grants, grantTo(token, { name: "server", role: "admin" })];
}
