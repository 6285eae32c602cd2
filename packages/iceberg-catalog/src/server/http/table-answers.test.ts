import { beforeEach, describe, expect, test } from "vitest";
import { RestCatalog } from "../../catalog/rest/rest-catalog.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { appendCommit, driversTable } from "../../testing/sample-commits.ts";
import { createCatalogApp } from "./app.ts";

const identifier = { namespace: ["n"], name: "t" };

describe("entity tags", () => {
  let app: ReturnType<typeof createCatalogApp>;
  let catalog: RestCatalog;
  beforeEach(async () => {
    app = createCatalogApp(inMemoryContext());
    catalog = await RestCatalog.connect({ uri: "http://c", fetch: async (request) => app.fetch(request) });
    await catalog.createNamespace(["n"]);
    await catalog.createTable(identifier, driversTable);
  });
  const load = (query = "", headers: Record<string, string> = {}) =>
    app.request(`/v1/namespaces/n/tables/t${query}`, { headers });
  const tag = async (query = "") => (await load(query)).headers.get("etag") ?? "";

  test("let a client keep its copy until the table changes", async () => {
    const etag = await tag();
    const unchanged = await load("", { "if-none-match": etag });
    expect([unchanged.status, await unchanged.text(), unchanged.headers.get("etag")]).toEqual([304, "", etag]);
    await catalog.updateTable(identifier, appendCommit((await catalog.loadTable(identifier)).metadata, 1n));
    expect((await load("", { "if-none-match": etag })).status).toBe(200);
    expect(await tag()).not.toBe(etag);
  });

  test("come with commits too", async () => {
    const commit = { requirements: [], updates: [{ action: "set-properties", updates: { a: "1" } }] };
    const body = JSON.stringify(commit);
    const response = await app.request("/v1/namespaces/n/tables/t", { method: "POST", body });
    expect(response.headers.get("etag")).toBe(await tag());
  });

  test("tell apart which snapshots were asked for", async () => {
    expect(await tag("?snapshots=refs")).not.toBe(await tag());
    expect((await load("?snapshots=refs", { "if-none-match": await tag() })).status).toBe(200);
    expect((await load("?snapshots=some")).status).toBe(400);
  });

  test.each(["*", 'W/"other", TAG', "W/TAG"])("may be compared as %s", async (text) => {
    const ifNoneMatch = text.replace("TAG", await tag());
    expect((await load("", { "if-none-match": ifNoneMatch })).status).toBe(304);
  });
});
