import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createHttpApp, type HttpApp } from "./app.ts";
import { bodyLimitBytes } from "./body.ts";
import type { AccessRecord } from "./middleware/access-log.ts";
import { now, openDriverStore, openEmptyStore, type TestStore } from "./testing/driver-store.ts";
import { featureViewSchema, registrySchema } from "./wire/registry-schemas.ts";

let opened: TestStore;
let app: HttpApp;

beforeAll(async () => {
  opened = await openDriverStore();
  app = createHttpApp(opened.store, { now });
});
afterAll(() => opened[Symbol.asyncDispose]());

describe("the registry over HTTP", () => {
  it("is the definitions in force", async () => {
    const registry = await (await app.request("/v1/registry")).json();
    expect(registry).toMatchObject({
      version: 1,
      snapshot_id: expect.stringMatching(/^\d+$/),
      entities: [{ name: "driver", join_keys: [{ name: "driver_id", type: "long" }] }],
      feature_views: [{ name: "driver_stats", ttl_seconds: 86_400, online: true }],
      feature_services: [{ name: "driver_service", projections: [{ join_key_map: { driver_id: "driver" } }] }],
    });
  });

  it("has the history of each view", async () => {
    const history = await (await app.request("/v1/feature-views/driver_stats/history")).json();
    expect(history).toMatchObject({
      feature_view: "driver_stats",
      snapshots: [{ operation: "append", added_rows: 3, total_rows: 3, refs: ["main"], current: true }],
    });
    const unknown = await app.request("/v1/feature-views/drivers/history");
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: "FEATURE_VIEW_NOT_FOUND" } });
  });
});

it("the definitions over HTTP are of the documented shape, and nothing else", async () => {
  const registry = registrySchema.extend({ feature_views: z.array(featureViewSchema.strict()) }).strict();
  expect(registry.safeParse(await (await app.request("/v1/registry")).json()).error).toBeUndefined();
});

describe("health", () => {
  it("is good when the registry and the online store answer", async () => {
    const response = await app.request("/health");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  it("is good before the first apply", async () => {
    await using empty = await openEmptyStore();
    expect((await createHttpApp(empty.store, { now }).request("/health")).status).toBe(200);
  });

  /** What `/health` answers, and logs, of a store whose Redis is said to be at this port. */
  async function health(port: number, healthTimeoutMs: number) {
    const redis = { type: "redis", connection_string: `127.0.0.1:${port}` };
    await using empty = await openEmptyStore({ online_store: redis });
    const records: AccessRecord[] = [];
    const log = (record: AccessRecord) => records.push(record);
    const response = await createHttpApp(empty.store, { now, log, healthTimeoutMs }).request("/health");
    return { status: response.status, body: await response.text(), error: records[0]?.error };
  }

  it("is bad when the online store is not there, and the log says why", async () => {
    const error = expect.stringContaining("Redis at 127.0.0.1:1: connect ECONNREFUSED");
    expect(await health(1, 20_000)).toEqual({ status: 503, body: "", error });
  });

  it("is bad when the online store does not answer in time", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const closing = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }, 500);
    const error = expect.stringContaining("Error: no answer within 50 ms");
    expect(await health((silent.address() as AddressInfo).port, 50)).toEqual({ status: 503, body: "", error });
    clearTimeout(closing);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

describe("a request", () => {
  it("that nothing answers says so and no more", async () => {
    const response = await app.request("/v1/secrets", { headers: { "x-request-id": "r-1" } });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: { code: "NOT_FOUND", message: "there is no GET /v1/secrets", request_id: "r-1" },
    });
  });

  it.each(["a b", "x".repeat(129), "é"])("with the id %s gets another one", async (id) => {
    const response = await app.request("/health", { headers: { "x-request-id": encodeURI(id) } });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(["application/json", "text/csv"])("that is too large is refused, also as %s", async (type) => {
    const body = `"${"x".repeat(bodyLimitBytes)}"`;
    const response = await app.request("/v1/query", { method: "POST", body, headers: { "content-type": type } });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: "BODY_TOO_LARGE" } });
  });

  it("that fails unforeseen gives its id away and keeps the trace to the log", async () => {
    const records: AccessRecord[] = [];
    const broken = Object.assign(Object.create(opened.store), {
      registryHistory: () => Promise.reject(new Error("secret")),
    });
    const response = await createHttpApp(broken, { now, log: (record) => records.push(record) }).request(
      "/v1/registry/history?token=hidden",
      { headers: { "x-request-id": "r-2" } },
    );
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      error: {
        code: "INTERNAL",
        message: "an unexpected failure; the server's log has it under this request id",
        request_id: "r-2",
      },
    });
    expect(records).toEqual([
      {
        time: "2026-01-02T00:00:00.000Z",
        request_id: "r-2",
        method: "GET",
        path: "/v1/registry/history",
        status: 500,
        duration_ms: 0,
        error: expect.stringContaining("Error: secret\n    at"),
      },
    ]);
  });
});

describe("a token", () => {
  const status = async (path: string, authorization?: string) => {
    const guarded = createHttpApp(opened.store, { now, token: "s3cret" });
    return (await guarded.request(path, authorization === undefined ? {} : { headers: { authorization } })).status;
  };

  it.each([undefined, "", "Bearer", "Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "s3cret"])(
    "is not %s",
    async (authorization) => {
      expect(await status("/v1/registry", authorization)).toBe(401);
    },
  );

  it("opens everything, and health is open", async () => {
    expect(await status("/v1/registry", "Bearer s3cret")).toBe(200);
    expect(await status("/iceberg/v1/config", "bearer s3cret")).toBe(200);
    expect(await status("/health")).toBe(200);
  });

  it("that is missing is told to Iceberg's clients in their words", async () => {
    const response = await createHttpApp(opened.store, { now, token: "s3cret" }).request("/iceberg/v1/config");
    expect(await response.json()).toMatchObject({ error: { type: "AUTHENTICATION_REQUIRED", code: 401 } });
  });
});

describe("without a token", () => {
  it.each([
    ["http://evil.example/v1/registry", {}, 403],
    ["http://127.example.com/v1/registry", {}, 403],
    ["http://localhost/v1/registry", { "sec-fetch-site": "cross-site" }, 403],
    ["http://localhost/v1/registry", { "sec-fetch-site": "none" }, 200],
    ["http://127.0.0.1:6566/v1/registry", {}, 200],
    ["http://[::1]:6566/v1/registry", {}, 200],
  ] as const)("%s with %j is answered with %i", async (url, headers, status) => {
    expect((await app.request(url, { headers })).status).toBe(status);
  });
});

describe("the catalog", () => {
  it("that is external is not served", async () => {
    const external = Object.create(opened.store, { catalogHandler: { value: undefined } });
    const response = await createHttpApp(external, { now }).request("/iceberg/v1/config");
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: {
        message: "this project has an Iceberg catalog of its own; attach engines to the uri of offline_store.catalog",
        type: "NoSuchEndpointException",
        code: 404,
      },
    });
  });
});
