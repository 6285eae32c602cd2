import { createHttpApp, type FeatureStore, type HttpApp, openFeatureStore } from "@icecore/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverRepo, driverRows, type TestRepo } from "../../support/driver-repo.ts";

const csv = { "content-type": "text/csv" };
const selected = { features: ["driver_hourly_stats:conv_rate"] };
const ofRating = "features=driver_hourly_stats:conv_rate";

/** A request, the status, and what is said: a code and a message, or FastAPI's list of what is wrong with a body. */
type Case = readonly [request: string, body: unknown, status: number, message: string];

const cases: readonly Case[] = [
  ["GET /v1/nothing", undefined, 404, "NOT_FOUND: there is no GET /v1/nothing"],
  [
    "GET /get-online-features",
    undefined,
    405,
    "METHOD_NOT_ALLOWED: there is no GET /get-online-features; there is POST",
  ],
  [
    "POST /get-online-features",
    "{",
    400,
    "BODY_MALFORMED: the body is no JSON: Expected property name or '}' in JSON at position 1",
  ],
  ["POST /get-online-features", [], 422, "body: Invalid input: expected object, received array"],
  ["POST /get-online-features", { ...selected }, 422, "body.entities: Field required"],
  ["POST /get-online-features", { entities: { driver_id: [1] } }, 422, "body: give features, or a feature_service"],
  [
    "POST /get-online-features",
    { ...selected, entities: { driver_id: 1 } },
    422,
    "body.entities.driver_id: Invalid input: expected array, received number",
  ],
  [
    "POST /get-online-features",
    { ...selected, entities: { driver: [1] } },
    400,
    'ENTITY_INVALID: entity column "driver_id" is missing; feature view "driver_hourly_stats" needs it for its join key "driver_id" (there are: driver)',
  ],
  [
    "POST /get-online-features",
    { ...selected, entities: { driver_id: ["x"] } },
    400,
    'ENTITY_INVALID: entity column "driver_id", row 0: "x" is no long; give a whole number of 64 bits; as a string when it is beyond 2^53',
  ],
  [
    "POST /get-online-features",
    { features: ["conv_rate"], entities: { driver_id: [1] } },
    400,
    'REFERENCE_INVALID: "conv_rate" is no feature reference; write it as view:feature',
  ],
  [
    "POST /get-online-features",
    { features: ["driver_hourly_stats:conv"], entities: { driver_id: [1] } },
    404,
    'FEATURE_NOT_FOUND: feature view "driver_hourly_stats" has no feature "conv" (there are: conv_rate, acc_rate, avg_daily_trips)',
  ],
  [
    "POST /get-online-features",
    { feature_service: "driver", entities: { driver_id: [1] } },
    404,
    'FEATURE_SERVICE_NOT_FOUND: no feature service "driver" in the registry (there are: driver_activity)',
  ],
  [
    "POST /push",
    { push_source_name: "driver", df: { driver_id: [1] } },
    404,
    'FEATURE_VIEW_NOT_FOUND: no feature view "driver" in the registry (there are: driver_hourly_stats)',
  ],
  [
    "POST /push",
    { push_source_name: "driver_hourly_stats", df: { driver_id: [1] } },
    400,
    'DATA_INVALID: the Arrow rows: column "event_timestamp" is missing; every row needs it',
  ],
  [
    "POST /push",
    { push_source_name: "driver_hourly_stats", df: { driver_id: [1] }, to: "redis" },
    422,
    'body.to: Invalid option: expected one of "online"|"offline"|"online_and_offline"',
  ],
  [
    "POST /push",
    { push_source_name: "driver_hourly_stats", df: { driver_id: [1, 2], event_timestamp: ["x"] } },
    400,
    'ARGUMENT_INVALID: column "event_timestamp" has 1 values where "driver_id" has 2; give one per row in each',
  ],
  [
    "POST /materialize",
    { feature_views: ["driver"] },
    404,
    'FEATURE_VIEW_NOT_FOUND: no feature view "driver" in the registry (there are: driver_hourly_stats)',
  ],
  ["POST /materialize", { start_ts: "yesterday" }, 422, "body.start_ts: Invalid ISO datetime"],
  ["POST /v1/query", { sql: "" }, 422, "body.sql: Too small: expected string to have >=1 characters"],
  ["POST /v1/query", { sql: "SELEC 1" }, 400, 'QUERY_INVALID: query: syntax error at or near "SELEC"'],
  [
    "POST /v1/query",
    { sql: "DROP TABLE driver_hourly_stats" },
    403,
    "QUERY_REFUSED: query: only one SELECT statement can be run; tables are changed by ingest and apply",
  ],
  [
    "POST /v1/query",
    { sql: "SELECT 1", tag: "a", as_of: "2026-01-01T00:00:00Z" },
    422,
    "body: give one of as_of, tag and snapshots",
  ],
  ["POST /v1/query", { sql: "SELECT 1", as_of: "2026-01-01" }, 422, "body.as_of: Invalid ISO datetime"],
  ["POST /v1/query", { sql: "SELECT 1", limit: 5 }, 422, 'body: Unrecognized key: "limit"'],
  [
    "POST /v1/query",
    { sql: "SELECT * FROM range(5)", max_rows: 3 },
    422,
    "QUERY_TOO_LARGE: query: the result has more than 3 rows, which is the limit; ask for fewer (WHERE, LIMIT, GROUP BY), or raise max_rows",
  ],
  [
    "POST /v1/training-sets",
    { ...selected },
    422,
    "BODY_MALFORMED: give a spine: { sql }, { columns }, { table }, { start, end } or { latest }, or send its rows as the body",
  ],
  [
    "POST /v1/training-sets",
    { ...selected, spine: "orders.csv" },
    422,
    "body.spine: give a spine: { sql }, { columns }, { table }, { start, end } or { latest }, or send its rows as the body",
  ],
  [
    "POST /v1/training-sets",
    { ...selected, spine: { columns: { a: [1], b: [] } } },
    422,
    "body.spine: every column has as many values as the others",
  ],
  ["POST /v1/training-sets", { spine: { latest: true } }, 422, "body: give features, or a feature_service"],
  [
    "POST /v1/training-sets",
    { ...selected, spine: { table: "rides.nothing" } },
    400,
    "ARGUMENT_INVALID: the catalog has no table rides.nothing; write it as namespace.table",
  ],
  [
    "POST /v1/training-sets",
    { ...selected, name: "../x", spine: { latest: true } },
    422,
    "body.name: has to be letters, digits, _, . and -",
  ],
  [
    "POST /v1/training-sets",
    { ...selected, name: "x.json", spine: { latest: true } },
    400,
    'ARGUMENT_INVALID: "x.json" is no name for a training set: use letters, digits, _, . and -, and no .json at its end',
  ],
  [
    `POST /v1/training-sets?${ofRating}`,
    "driver\n1\n",
    400,
    "SPINE_INVALID: the spine: cannot tell the time of each row: none of its columns is a timestamp, and no column is called event_timestamp; rename one",
  ],
  [
    "POST /v1/feature-views/driver_hourly_stats/ingest",
    "driver_id\n1\n",
    400,
    'DATA_INVALID: the body: column "event_timestamp" is missing; every row needs it',
  ],
  [
    "POST /v1/feature-views/driver_hourly_stats/ingest",
    { driver_id: [1] },
    415,
    "BODY_MALFORMED: rows are sent as one of application/vnd.apache.parquet, application/vnd.apache.arrow.stream, application/vnd.apache.arrow.file, text/csv, application/x-ndjson, application/jsonl; say which in content-type",
  ],
  [
    "POST /v1/feature-views/driver_hourly_stats/ingest?mode=merge",
    "driver_id\n1\n",
    422,
    'query.mode: Invalid option: expected one of "append"|"upsert"',
  ],
  [
    "POST /v1/feature-views/driver/ingest",
    "driver_id\n1\n",
    404,
    'FEATURE_VIEW_NOT_FOUND: no feature view "driver" in the registry (there are: driver_hourly_stats)',
  ],
  [
    "GET /v1/feature-views/driver/history",
    undefined,
    404,
    'FEATURE_VIEW_NOT_FOUND: no feature view "driver" in the registry (there are: driver_hourly_stats)',
  ],
  ["GET /v1/registry?version=0", undefined, 422, "query.version: Too small: expected number to be >0"],
  [
    "GET /v1/registry?version=9",
    undefined,
    404,
    'VERSION_NOT_FOUND: the registry in "rides" has no version 9; icecore registry history lists those that it has',
  ],
  [
    "GET /v1/registry?as_of=2020-01-01T00:00:00Z",
    undefined,
    404,
    "VERSION_NOT_FOUND: nothing was applied yet at 2020-01-01T00:00:00.000Z; the first version is of NOW",
  ],
  [
    "GET /v1/registry/entities/drivr",
    undefined,
    404,
    'DEFINITION_NOT_FOUND: no "drivr" among the entities (did you mean "driver"?)',
  ],
  [
    "GET /v1/jobs/1",
    undefined,
    404,
    "JOB_NOT_FOUND: there is no such job: it was removed, or this server did not start it",
  ],
  [
    "POST /v1/jobs/training-sets",
    { features: ["driver_hourly_stats:conv"], spine: { latest: true } },
    404,
    'FEATURE_NOT_FOUND: feature view "driver_hourly_stats" has no feature "conv" (there are: conv_rate, acc_rate, avg_daily_trips)',
  ],
  ["GET /iceberg/v1/namespaces/nothing", undefined, 404, "NoSuchNamespaceException: Namespace does not exist: nothing"],
];

let repo: TestRepo;
let store: FeatureStore;
let app: HttpApp;
beforeAll(async () => {
  repo = await driverRepo();
  store = await openFeatureStore({ repo: repo.directory });
  await store.apply(await store.plan());
  await store.ingest("driver_hourly_stats", {
    files: [await repo.parquet("good.parquet", driverRows("2026-01-01 00:00:00+00"))],
  });
  app = createHttpApp(store);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await repo[Symbol.asyncDispose]();
});

/** What an answer complains of, in a line. */
function complaint(answer: ErrorAnswer): string {
  if ("detail" in answer) return answer.detail.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; ");
  const { code, type, message } = answer.error;
  return `${type ?? code}: ${message}`;
}

type ErrorAnswer =
  | { readonly detail: readonly { readonly loc: readonly string[]; readonly msg: string }[] }
  | { readonly error: { readonly code: string; readonly type?: string; readonly message: string } };

describe("requests", () => {
  it.each(cases)("%s %j is answered %i", async (request, body, status, message) => {
    const [method = "", path = ""] = request.split(" ");
    const isRows = typeof body === "string" && body !== "{";
    const response = await app.request(path, {
      method,
      ...(isRows && { headers: csv }),
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as ErrorAnswer;
    const said = complaint(answer).replace(/first version is of \S+/, "first version is of NOW");
    expect([response.status, said]).toEqual([status, message]);
    expect(said).not.toMatch(/ {4}at |\/tmp/);
  });
});
