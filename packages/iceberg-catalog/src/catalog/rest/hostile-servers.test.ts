import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IcebergError } from "../../errors.ts";
import { createCatalogApp } from "../../server/http/app.ts";
import { type JsonValue, parseJson, stringifyJson } from "../../spec/json.ts";
import { forgetful } from "../../testing/forgetful.ts";
import { serve } from "../../testing/http-server.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { appendCommit, driversTable } from "../../testing/sample-commits.ts";
import type { Fetch } from "./fetch-send.ts";
import { RestCatalog } from "./rest-catalog.ts";

const identifier = { namespace: ["n"], name: "t" };
const noRetries = { "rest.client.max-retries": "0" };

interface Hostile {
  readonly catalog: RestCatalog;
  /** Answers in place of the catalog, once set. */
  answer: Fetch | undefined;
  readonly operations: readonly (readonly [name: string, call: () => Promise<unknown>])[];
}

/** A catalog that is a good one to begin with. */
async function openHostile(): Promise<Hostile> {
  const app = createCatalogApp(inMemoryContext());
  const good = forgetful(async (request) => app.fetch(request));
  const state: { answer: Fetch | undefined } = { answer: undefined };
  const fetch: Fetch = (request) => (state.answer ?? good)(request);
  const catalog = await RestCatalog.connect({ uri: "http://c", fetch, properties: noRetries });
  await catalog.createNamespace(["n"]);
  const { metadata, metadataLocation } = await catalog.createTable(identifier, driversTable);
  const commit = appendCommit(metadata, 1n);
  const operations: Hostile["operations"] = [
    ["connect", () => RestCatalog.connect({ uri: "http://c", fetch, properties: noRetries })],
    ["listNamespaces", () => catalog.listNamespaces()],
    ["loadNamespace", () => catalog.loadNamespace(["n"])],
    ["namespaceExists", () => catalog.namespaceExists(["n"])],
    ["createNamespace", () => catalog.createNamespace(["n"])],
    ["dropNamespace", () => catalog.dropNamespace(["n"])],
    ["updateNamespaceProperties", () => catalog.updateNamespaceProperties(["n"], {})],
    ["listTables", () => catalog.listTables(["n"])],
    ["loadTable", () => catalog.loadTable(identifier)],
    ["loadCredentials", () => catalog.loadCredentials(identifier)],
    ["createTable", () => catalog.createTable(identifier, driversTable)],
    ["registerTable", () => catalog.registerTable(identifier, metadataLocation)],
    ["updateTable", () => catalog.updateTable(identifier, commit)],
    ["commitTransaction", () => catalog.commitTransaction([{ identifier, ...commit }])],
    ["renameTable", () => catalog.renameTable(identifier, { ...identifier, name: "u" })],
    ["dropTable", () => catalog.dropTable(identifier)],
  ];
  return Object.assign(state, { catalog, operations });
}

/** Whatever comes, callers see a result or our own error; a commit that was answered with anything but a refusal is not taken for refused. */
async function expectTyped(call: () => Promise<unknown>): Promise<IcebergError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(IcebergError);
    return error as IcebergError;
  }
}

const html = "<!doctype html><html><body>Sign in</body></html>";
const bodies: readonly (readonly [name: string, body: string])[] = [
  ["nothing", ""],
  ["HTML", html],
  ["half a JSON", '{"metadata":{"format-version":2,"ta'],
  ["null", "null"],
  ["an array", "[]"],
  ["a number beyond any", "1e999"],
  ["an empty object", "{}"],
  ["nested too deep", "[".repeat(200_000)],
  ["an error in disguise", '{"error":{"message":7,"type":[],"code":"x"}}'],
  ["wrong types", '{"namespaces":7,"identifiers":[7],"metadata":7,"config":[],"defaults":7,"next-page-token":{}}'],
  ["no text", "\ufffd\ufffd\u0000"],
];

describe("whatever a server answers is an answer or an IcebergError", () => {
  test.each(bodies)("%s, with any status", async (_, body) => {
    const hostile = await openHostile();
    for (const status of [
      200, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 406, 409, 418, 419, 422, 429, 500, 503, 507, 599,
    ]) {
      const hasBody = status !== 204 && status !== 304;
      hostile.answer = async () =>
        new Response(hasBody ? body : null, { status, headers: { "content-type": "text/html" } });
      for (const [, call] of hostile.operations) await expectTyped(call);
    }
  });

  test("sound answers with one place changed", async () => {
    const hostile = await openHostile();
    const table = stringifyJson(await sound());
    const cut = fc.nat(table.length).map((length) => table.slice(0, length));
    const swapped = fc
      .tuple(fc.nat(table.length), fc.constantFrom("null", "-1", '"', "{}", "[", "9223372036854775808", "\\ud800"))
      .map(([at, text]) => table.slice(0, at) + text + table.slice(at + text.length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(cut, swapped), async (body) => {
        hostile.answer = async () => new Response(body, { status: 200 });
        await expectTyped(() => hostile.catalog.loadTable(identifier));
        const commit = await expectTyped(() =>
          hostile.catalog.updateTable(identifier, { requirements: [], updates: [] }),
        );
        expect([undefined, "COMMIT_STATE_UNKNOWN"]).toContain(commit?.code);
      }),
      { numRuns: 500 },
    );
  });
});

async function sound(): Promise<JsonValue> {
  const app = createCatalogApp(inMemoryContext());
  const catalog = await RestCatalog.connect({ uri: "http://c", fetch: async (request) => app.fetch(request) });
  await catalog.createNamespace(["n"]);
  const { metadata } = await catalog.createTable(identifier, driversTable);
  await catalog.updateTable(identifier, appendCommit(metadata, 1n));
  return parseJson(await (await app.request("/v1/namespaces/n/tables/t")).text());
}

test("a page of very many names is read as it is", async () => {
  const hostile = await openHostile();
  const namespaces = Array.from({ length: 300_000 }, (_, i) => [`n${i}`]);
  hostile.answer = async () => Response.json({ namespaces });
  expect(await hostile.catalog.listNamespaces()).toHaveLength(300_000);
});

describe("a server that goes on for ever is left", () => {
  test("when its pages do, each with a token of its own", async () => {
    const hostile = await openHostile();
    let pages = 0;
    hostile.answer = async () => Response.json({ namespaces: [], "next-page-token": `${pages++}` });
    await expect(hostile.catalog.listNamespaces()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  });

  test("when it sends a commit elsewhere, where it would be no commit any more", async () => {
    const app = createCatalogApp(inMemoryContext());
    const server = await serve(async (request) =>
      request.method === "POST" && request.url.endsWith("/t")
        ? Response.redirect(request.url, 302)
        : app.fetch(request),
    );
    const catalog = await RestCatalog.connect({ uri: server.uri });
    await catalog.createNamespace(["n"]);
    const { metadata } = await catalog.createTable(identifier, driversTable);
    await expect(catalog.updateTable(identifier, appendCommit(metadata, 1n))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("at another address"),
    });
    expect((await catalog.loadTable(identifier)).metadata.snapshots).toEqual([]);
    await server.close();
  });

  test("when it sends on and on to another address", async () => {
    const server = await serve(async (request) => Response.redirect(`${request.url}x`, 307));
    const connecting = RestCatalog.connect({ uri: server.uri, properties: noRetries });
    await expect(connecting).rejects.toBeInstanceOf(IcebergError);
    await server.close();
  });

  test("when it never answers", async () => {
    const server = await serve(() => new Promise(() => undefined));
    const properties = { ...noRetries, "rest.client.socket-timeout-ms": "50" };
    await expect(RestCatalog.connect({ uri: server.uri, properties })).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
    });
    await server.close();
  });
});
