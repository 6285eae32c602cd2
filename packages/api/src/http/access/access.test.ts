import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configSchema } from "../../config/config.ts";
import { createHttpApp, type HttpApp } from "../app.ts";
import { now, openDriverStore, type TestStore } from "../testing/driver-store.ts";
import { configuredGrants } from "./configured-grants.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const tokens = [
  { name: "model", token: "r", role: "reader", views: ["driver_stats"] },
  { name: "other", token: "o", role: "reader", views: ["other_view"] },
  { name: "analyst", token_sha256: sha256("a"), role: "reader" },
  { name: "pipeline", token: "w", role: "writer" },
  { name: "platform", token: "x", role: "admin" },
];
let opened: TestStore;
let app: HttpApp;
beforeAll(async () => {
  opened = await openDriverStore();
  await opened.store.materialize();
  app = createHttpApp(opened.store, {
    now,
    grants: configuredGrants(configSchema.parse({ project: "rides", feature_server: { tokens } })),
  });
});
afterAll(() => opened[Symbol.asyncDispose]());

const json = { "content-type": "application/json" };
const requests = {
  features: ["/get-online-features", { features: ["driver_stats:rating"], entities: { driver_id: [2] } }],
  query: ["/v1/query", { sql: "SELECT driver_id FROM driver_stats" }],
  "query of a table": ["/v1/query", { sql: "SELECT version FROM icecore_registry" }],
  "training set": ["/v1/training-sets", { spine: { latest: true }, features: ["driver_stats:rating"] }],
  "training set of a table": [
    "/v1/training-sets",
    { spine: { table: "rides.driver_stats" }, features: ["driver_stats:rating"], full_feature_names: true },
  ],
  "named training set": [
    "/v1/training-sets",
    { name: "x y", spine: { latest: true }, features: ["driver_stats:rating"] },
  ],
  push: [
    "/push",
    { push_source_name: "driver_stats", df: { driver_id: [2], event_timestamp: ["2026-01-01T13:00:00Z"] } },
  ],
  materialize: ["/materialize-incremental", {}],
  history: ["/v1/feature-views/driver_stats/history", undefined],
  registry: ["/v1/registry", undefined],
  metrics: ["/metrics", undefined],
  "iceberg read": ["/iceberg/v1/namespaces", undefined],
  "iceberg write": ["/iceberg/v1/namespaces", { namespace: ["rides"] }],
} as const;
type Name = keyof typeof requests;

async function status(name: Name, token?: string): Promise<number> {
  const [path, body] = requests[name];
  const headers = { ...json, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await app.request(path, init);
  await response.arrayBuffer();
  return response.status;
}

/** What each token is answered; 422 and 409 are answers to those who may. */
const answers: Readonly<Record<Name, readonly number[]>> = {
  //                         model other analyst pipeline platform
  features: [200, 403, 200, 200, 200],
  query: [200, 403, 200, 200, 200],
  "query of a table": [403, 403, 200, 200, 200],
  "training set": [200, 403, 200, 200, 200],
  "training set of a table": [403, 403, 200, 200, 200],
  "named training set": [422, 422, 422, 422, 422],
  push: [403, 403, 403, 200, 200],
  materialize: [403, 403, 403, 200, 200],
  history: [200, 403, 200, 200, 200],
  registry: [200, 200, 200, 200, 200],
  metrics: [200, 200, 200, 200, 200],
  "iceberg read": [403, 403, 200, 200, 200],
  "iceberg write": [403, 403, 403, 403, 409],
};

describe("tokens with roles", () => {
  it.each(Object.keys(answers) as Name[])("%s is for those who may", async (name) => {
    const given: number[] = [];
    for (const token of ["r", "o", "a", "w", "x"]) given.push(await status(name, token));
    expect(given).toEqual(answers[name]);
    expect([await status(name), await status(name, "wrong"), await status(name, "")]).toEqual([401, 401, 401]);
  });

  it("only writers pin training sets", async () => {
    const body = JSON.stringify({ name: "mine", spine: { latest: true }, features: ["driver_stats:rating"] });
    const create = (token: string) =>
      app.request("/v1/training-sets", {
        method: "POST",
        headers: { ...json, authorization: `Bearer ${token}` },
        body,
      });
    const refused = await create("a");
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      error: { code: "ACCESS_DENIED", message: 'token "analyst" has role reader, and this needs writer' },
    });
    expect((await create("w")).status).toBe(200);
  });

  it("say whom they are for, and no secret", async () => {
    const headers = { ...json, authorization: "Bearer o" };
    const [path, body] = requests.features;
    const answer = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
    expect(await answer.json()).toMatchObject({
      error: { message: 'token "other" may not use feature view "driver_stats"; it is for other_view' },
    });
  });

  it("leave health and the documentation open", async () => {
    const paths = ["/health", "/openapi.json", "/docs", "/docs/rapidoc.js"];
    expect(await Promise.all(paths.map(async (path) => (await app.request(path)).status))).toEqual([
      200, 200, 200, 200,
    ]);
    expect((await app.request("/nothing")).status).toBe(401);
  });
});

it.each([
  `SELECT * FROM "icecore_registry"`,
  `SELECT * FROM ICECORE_REGISTRY`,
  `SELECT * FROM rides.icecore_registry`,
  `SELECT * FROM "rides"."icecore_registry"`,
  `SELECT * FROM memory.rides.icecore_registry`,
  `SELECT * FROM main.icecore_registry`,
  `SELECT * FROM (SELECT * FROM icecore_registry)`,
  `SELECT * FROM driver_stats WHERE driver_id IN (SELECT version FROM icecore_registry)`,
  `SELECT (SELECT count(*) FROM icecore_registry) FROM driver_stats`,
  `WITH driver_stats AS (SELECT * FROM icecore_registry) SELECT * FROM driver_stats`,
  `SELECT * FROM driver_stats UNION ALL BY NAME SELECT * FROM icecore_registry`,
  `FROM icecore_registry`,
  `SELECT * FROM driver_stats_snapshots`,
  `SELECT * FROM information_schema.tables`,
  `SELECT * FROM duckdb_settings`,
  `SELECT * FROM duckdb_settings()`,
  `SELECT * FROM query_table('icecore_registry')`,
  `PIVOT icecore_registry ON kind USING count(*)`,
])("a token that is kept to views reads nothing else: %s", async (sql) => {
  const ask = async (path: string, body: object) => {
    const headers = { ...json, authorization: "Bearer r" };
    const response = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
    await response.arrayBuffer();
    return response.status;
  };
  expect(await ask("/v1/query", { sql })).toBe(403);
  expect(await ask("/v1/training-sets", { spine: { sql }, features: ["driver_stats:rating"] })).toBe(403);
});

it("a token of the configuration is one that makes sense", () => {
  const problems = (token: object) =>
    configSchema
      .safeParse({ project: "rides", feature_server: { tokens: [token] } })
      .error?.issues.map(({ message }) => message);
  expect(problems({ name: "a", role: "reader" })).toEqual(["give token or token_sha256"]);
  expect(problems({ name: "a", role: "admin", token: "x", views: [] })).toEqual(["an admin is kept to no views"]);
  expect(problems({ name: "a", role: "reader", token_sha256: "abc" })).toEqual(["has to be 64 hexadecimal digits"]);
});
