import { afterAll, beforeAll, expect, it } from "vitest";
import { createHttpApp, type HttpApp } from "../app.ts";
import { now, openEmptyStore, type TestStore } from "../testing/driver-store.ts";

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { "x-icecore-role"?: string; requestBody?: unknown }>>;
}

let opened: TestStore;
let app: HttpApp;
beforeAll(async () => {
  opened = await openEmptyStore();
  app = createHttpApp(opened.store, { now });
});
afterAll(() => opened[Symbol.asyncDispose]());

it("describes every operation, as it is", async () => {
  const document = (await (await app.request("/openapi.json")).json()) as OpenApi;
  expect(document.openapi).toBe("3.1.0");
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { "x-icecore-role": role = "anyone" }]) => `${method} ${path} (${role})`),
  );
  expect(operations).toMatchInlineSnapshot(`
    [
      "get /health (anyone)",
      "post /get-online-features (reader)",
      "post /push (writer)",
      "post /write-to-online-store (writer)",
      "post /materialize (writer)",
      "post /materialize-incremental (writer)",
      "post /v1/query (reader)",
      "post /v1/training-sets (reader)",
      "post /v1/jobs/training-sets (reader)",
      "get /v1/jobs/{id} (reader)",
      "delete /v1/jobs/{id} (reader)",
      "get /v1/jobs/{id}/events (reader)",
      "get /v1/jobs/{id}/result (reader)",
      "post /v1/feature-views/{name}/ingest (writer)",
      "get /v1/feature-views/{name}/history (reader)",
      "get /v1/registry (reader)",
      "get /v1/registry/history (reader)",
      "get /v1/registry/entities/{name} (reader)",
      "get /v1/registry/data-sources/{name} (reader)",
      "get /v1/registry/feature-views/{name} (reader)",
      "get /v1/registry/feature-services/{name} (reader)",
      "get /metrics (reader)",
      "get /openapi.json (anyone)",
      "get /docs (anyone)",
      "get /docs/rapidoc.js (anyone)",
    ]
  `);
  const schema = { properties: { entities: { type: "object" }, feature_service: {} }, required: ["entities"] };
  expect(document.paths["/get-online-features"]?.["post"]?.requestBody).toMatchObject({
    content: { "application/json": { schema } },
  });
});

it("shows it on a page that needs nothing from elsewhere", async () => {
  const page = await (await app.request("/docs")).text();
  const addresses = [...page.matchAll(/(?:src|href|spec-url)="([^"]*)"/g)].map(([, address]) => String(address));
  expect(addresses).toEqual(["/docs/rapidoc.js", "/openapi.json"]);
  expect((await app.request("/docs/rapidoc.js")).headers.get("content-type")).toContain("javascript");
});
