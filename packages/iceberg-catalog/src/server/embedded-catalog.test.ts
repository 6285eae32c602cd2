import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { describeCatalog } from "../catalog/catalog.suite.ts";
import type { Fetch } from "../catalog/rest/fetch-send.ts";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import { localPath } from "../io/local.ts";
import { serve } from "../testing/http-server.ts";
import { inMemoryContext } from "../testing/in-memory-context.ts";
import { appendCommit, creationCommit, driversTable } from "../testing/sample-commits.ts";
import { createCatalogApp } from "./http/app.ts";
import { openEmbeddedCatalog } from "./open-embedded-catalog.ts";

interface Opened {
  readonly fetch: Fetch;
  close(): Promise<void>;
}

async function openInMemory(): Promise<Opened> {
  const app = createCatalogApp(inMemoryContext());
  return { fetch: async (request) => app.fetch(request), close: async () => {} };
}

async function openOnDisk(): Promise<Opened & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "icecore ünïcode-"));
  const embedded = await openEmbeddedCatalog({ path: folder });
  return {
    folder,
    fetch: embedded.fetch,
    close: async () => {
      await embedded.close();
      await rm(folder, { recursive: true });
    },
  };
}

const stores = { "in memory": openInMemory, "on disk": openOnDisk };

for (const [name, open] of Object.entries(stores)) {
  describeCatalog(`${name}, in this process`, async () => {
    const { fetch, close } = await open();
    const catalog = await RestCatalog.connect({
      uri: "http://embedded/",
      fetch,
      properties: { "rest-page-size": "2" },
    });
    return { catalog, close };
  });

  describeCatalog(`${name}, over HTTP`, async () => {
    const { fetch, close } = await open();
    const server = await serve(fetch);
    const catalog = await RestCatalog.connect({ uri: server.uri });
    return {
      catalog,
      close: async () => {
        await server.close();
        await close();
      },
    };
  });
}

describe("the embedded catalog", () => {
  test("keeps tables in folders that spell their names, and nothing of commits that lost", async () => {
    const { fetch, folder, close } = await openOnDisk();
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch });
    await catalog.createNamespace(["flights"]);
    const identifier = { namespace: ["flights"], name: "delays" };
    const { metadata } = await catalog.createTable(identifier, driversTable);
    expect(metadata.location).toBe(`file://${folder}/warehouse/flights/delays`);
    const commits = [1n, 2n, 3n, 4n].map((id) => catalog.updateTable(identifier, appendCommit(metadata, id)));
    await Promise.allSettled(commits);
    const files = await readdir(`${localPath(metadata.location)}/metadata`);
    expect(files.filter((file) => file.startsWith("00000-"))).toHaveLength(1);
    expect(files.filter((file) => file.startsWith("00001-"))).toHaveLength(1);
    expect(files).toHaveLength(2);
    await close();
  });

  test("is one catalog for all that open its folder, and outlives them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "icecore-shared-"));
    const [a, b] = [await openEmbeddedCatalog({ path: folder }), await openEmbeddedCatalog({ path: folder })];
    const [one, two] = [
      await RestCatalog.connect({ uri: "http://a", fetch: a.fetch }),
      await RestCatalog.connect({ uri: "http://b", fetch: b.fetch }),
    ];
    await one.createNamespace(["n"]);
    const identifier = { namespace: ["n"], name: "t" };
    const { metadata } = await two.createTable(identifier, driversTable);
    await one.updateTable(identifier, appendCommit(metadata, 1n));
    await expect(two.updateTable(identifier, appendCommit(metadata, 2n))).rejects.toMatchObject({
      code: "COMMIT_CONFLICT",
    });
    await Promise.all([a.close(), b.close()]);
    const again = await openEmbeddedCatalog({ path: folder });
    const three = await RestCatalog.connect({ uri: "http://c", fetch: again.fetch });
    expect((await three.loadTable(identifier)).metadata.currentSnapshotId).toBe(1n);
    await again.close();
  });

  test("wants its token, if it has one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "icecore-token-"));
    const { fetch, close } = await openEmbeddedCatalog({ path: folder, token: "secret" });
    const uri = "http://embedded";
    await expect(RestCatalog.connect({ uri, fetch })).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    await expect(RestCatalog.connect({ uri, fetch, token: "guess" })).rejects.toMatchObject({
      code: "AUTHENTICATION_FAILED",
    });
    const catalog = await RestCatalog.connect({ uri, fetch, token: "secret" });
    expect(await catalog.listNamespaces()).toEqual([]);
    await close();
  });

  test("can be part of another application", async () => {
    const folder = await mkdtemp(join(tmpdir(), "icecore-mounted-"));
    const { app, close } = await openEmbeddedCatalog({ path: folder });
    const outer = new Hono().route("/iceberg", app);
    const catalog = await RestCatalog.connect({ uri: "http://api/iceberg", fetch: async (r) => outer.fetch(r) });
    await catalog.createNamespace(["a b"]);
    expect(await catalog.loadNamespace(["a b"])).toEqual({});
    await expect(catalog.loadTable({ namespace: ["a b"], name: "t" })).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
    await close();
  });
});

describe("the protocol's details", () => {
  const exchange = async (fetch: Fetch, method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(new Request(`http://embedded/v1${path}`, init));
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const schema = { type: "struct", fields: [{ id: 1, name: "a", required: true, type: "long" }] };
  const open = async () => {
    const { fetch } = await openInMemory();
    await exchange(fetch, "POST", "/namespaces", { namespace: ["n"] });
    return (method: string, path: string, body?: unknown) => exchange(fetch, method, path, body);
  };

  test("config lists the endpoints by their own names", async () => {
    const call = await open();
    const { body } = await call("GET", "/config?warehouse=any");
    expect(body.endpoints).toContain("POST /v1/{prefix}/transactions/commit");
    expect(body.endpoints).toContain("HEAD /v1/{prefix}/namespaces/{namespace}/tables/{table}");
    expect(body).toMatchObject({ defaults: {}, overrides: {} });
  });

  test("existence is 204 or 404, without a body", async () => {
    const call = await open();
    expect(await call("HEAD", "/namespaces/n")).toEqual({ status: 204, body: undefined });
    expect(await call("HEAD", "/namespaces/x")).toEqual({ status: 404, body: undefined });
    expect(await call("HEAD", "/namespaces/n/tables/x")).toEqual({ status: 404, body: undefined });
  });

  test("a staged table has metadata, but is not there", async () => {
    const call = await open();
    const staged = await call("POST", "/namespaces/n/tables", { name: "t", schema, "stage-create": true });
    expect(staged.status).toBe(200);
    expect(staged.body).not.toHaveProperty("metadata-location");
    expect(staged.body.metadata).toMatchObject({ location: "memory://warehouse/n/t", "current-snapshot-id": -1 });
    expect((await call("HEAD", "/namespaces/n/tables/t")).status).toBe(404);
  });

  test("properties that are both updated and removed are 422", async () => {
    const call = await open();
    const { status, body } = await call("POST", "/namespaces/n/properties", { updates: { a: "1" }, removals: ["a"] });
    expect([status, body.error.type]).toEqual([422, "UnprocessableEntityException"]);
    const fine = await call("POST", "/namespaces/n/properties", { updates: { a: "1" }, removals: ["b"] });
    expect(fine.body).toEqual({ updated: ["a"], removed: [], missing: ["b"] });
  });

  test.each([
    ["POST", "/namespaces/n/tables", { name: "t" }, 400, "BadRequestException"],
    ["POST", "/namespaces/n/tables", { name: "..", schema }, 400, "BadRequestException"],
    [
      "POST",
      "/namespaces/n/tables",
      { name: "t", schema, properties: { "format-version": "3" } },
      406,
      "UnsupportedOperationException",
    ],
    ["POST", "/namespaces/n/tables/t", { updates: [{ action: "paint" }] }, 400, "BadRequestException"],
    ["POST", "/namespaces/n/tables/t", { requirements: [], updates: [] }, 404, "NoSuchTableException"],
    ["GET", "/namespaces?pageSize=0", undefined, 400, "BadRequestException"],
    ["GET", "/namespaces/%ZZ", undefined, 400, "BadRequestException"],
    ["GET", "/views", undefined, 404, "NoSuchEndpointException"],
  ])("%s %s %j is %i", async (method, path, request, status, type) => {
    const call = await open();
    const answer = await call(method, path, request);
    expect([answer.status, answer.body.error]).toEqual([status, { message: expect.any(String), type, code: status }]);
  });

  test("a space in a path may come as a plus", async () => {
    const call = await open();
    await call("POST", "/namespaces", { namespace: ["a b+c"] });
    expect((await call("GET", "/namespaces/a+b%2Bc")).status).toBe(200);
  });

  test("pages follow each other, also when what they ended with is gone", async () => {
    const call = await open();
    for (const name of ["a", "b", "c"]) await call("POST", "/namespaces/n/tables", { name, schema });
    const first = (await call("GET", "/namespaces/n/tables?pageToken=&pageSize=2")).body;
    expect(first.identifiers).toHaveLength(2);
    await call("DELETE", "/namespaces/n/tables/b");
    const second = (await call("GET", `/namespaces/n/tables?pageSize=2&pageToken=${first["next-page-token"]}`)).body;
    expect(second).toEqual({ identifiers: [{ namespace: ["n"], name: "c" }], "next-page-token": null });
  });

  test("a commit is answered without config, and metrics are taken", async () => {
    const call = await open();
    await call("POST", "/namespaces/n/tables", { name: "t", schema });
    const commit = { requirements: [], updates: [{ action: "set-properties", updates: { a: "b" } }] };
    const { body } = await call("POST", "/namespaces/n/tables/t", commit);
    expect(Object.keys(body).sort()).toEqual(["metadata", "metadata-location"]);
    expect((await call("POST", "/namespaces/n/tables/t/metrics", { "report-type": "scan-report" })).status).toBe(204);
  });

  test("a table may be registered over another, and only where that is asked for", async () => {
    const { fetch } = await openInMemory();
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch });
    await catalog.createNamespace(["n"]);
    const [one, two] = [
      { namespace: ["n"], name: "one" },
      { namespace: ["n"], name: "two" },
    ];
    const { metadata, metadataLocation } = await catalog.createTable(one, driversTable);
    await catalog.createTable(two, driversTable);
    await expect(catalog.registerTable(two, metadataLocation)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    await catalog.dropTable(one);
    await catalog.registerTable(two, metadataLocation, { overwrite: true });
    expect((await catalog.loadTable(two)).metadata.tableUuid).toBe(metadata.tableUuid);
  });

  test("a table that is created by a commit may leave out what every table has", async () => {
    const { fetch } = await openInMemory();
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch });
    await catalog.createNamespace(["n"]);
    const created = creationCommit((await catalog.createTable({ namespace: ["n"], name: "t" }, driversTable)).metadata);
    const leftOut = ["add-spec", "set-default-spec", "add-sort-order", "set-default-sort-order", "set-location"];
    const updates = created.updates.filter(({ action }) => !leftOut.includes(action));
    const { metadata } = await catalog.updateTable({ namespace: ["n"], name: "u" }, { ...created, updates });
    expect(metadata).toMatchObject({
      partitionSpecs: [{ specId: 0, fields: [] }],
      sortOrders: [{ orderId: 0, fields: [] }],
      location: "memory://warehouse/n/u",
    });
  });

  test("only the snapshots of refs are loaded on demand", async () => {
    const { fetch } = await openInMemory();
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch });
    await catalog.createNamespace(["n"]);
    const identifier = { namespace: ["n"], name: "t" };
    const { metadata } = await catalog.createTable(identifier, driversTable);
    const one = await catalog.updateTable(identifier, appendCommit(metadata, 1n));
    await catalog.updateTable(identifier, appendCommit(one.metadata, 2n));
    const { body } = await exchange(fetch, "GET", "/namespaces/n/tables/t?snapshots=refs");
    expect(body.metadata.snapshots).toMatchObject([{ "snapshot-id": 2 }]);
  });
});
