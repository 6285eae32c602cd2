import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCatalogApp } from "../../server/http/app.ts";
import { forgetful } from "../../testing/forgetful.ts";
import { dropConnection, serve, type TestServer } from "../../testing/http-server.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { appendCommit, driversTable } from "../../testing/sample-commits.ts";
import type { Fetch } from "./fetch-send.ts";
import { RestCatalog } from "./rest-catalog.ts";

type Fault = (request: Request, pass: Fetch) => Promise<Response | typeof dropConnection>;

const pass: Fault = (request, next) => next(request);
const identifier = { namespace: ["n"], name: "t" };
const text = (body: string, status: number, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers });

let server: TestServer;
let fault: Fault;
let requests: Request[];

beforeEach(async () => {
  const app = createCatalogApp(inMemoryContext());
  const forgetfulApp = forgetful(async (request) => app.fetch(request));
  fault = pass;
  requests = [];
  server = await serve((request) => {
    requests.push(request.clone());
    return fault(request, forgetfulApp);
  });
});
afterEach(() => server.close());

describe("the outcome of a commit", () => {
  const prepare = async () => {
    const catalog = await RestCatalog.connect({ uri: server.uri });
    await catalog.createNamespace(["n"]);
    const { metadata } = await catalog.createTable(identifier, driversTable);
    return { catalog, commit: appendCommit(metadata, 1n) };
  };

  const unknown: readonly (readonly [string, Fault])[] = [
    [
      "the answer is lost after the catalog committed",
      async (request, next) => {
        await next(request);
        return dropConnection;
      },
    ],
    ["a gateway answers 503", async () => text("<html>no healthy upstream</html>", 503)],
    ["a gateway gives up waiting (504)", async () => text("", 504)],
    ["the catalog fails (500)", async () => text("", 500)],
    ["the answer is not JSON", async () => text("{", 200)],
    ["the answer is not a table", async () => text("{}", 200)],
    ["a gateway gives up in a word of its own (524)", async () => text("", 524)],
    ["the request took too long for somebody (408)", async () => text("", 408)],
  ];

  test.each(unknown)("is unknown when %s", async (_, faultOfTheCase) => {
    const { catalog, commit } = await prepare();
    fault = faultOfTheCase;
    requests = [];
    await expect(catalog.updateTable(identifier, commit)).rejects.toMatchObject({
      code: "COMMIT_STATE_UNKNOWN",
      retryable: false,
    });
    expect(requests, "it is not sent again").toHaveLength(1);
  });

  test.each(unknown.slice(0, 4))("of a transaction is unknown when %s", async (_, faultOfTheCase) => {
    const { catalog, commit } = await prepare();
    fault = faultOfTheCase;
    const outcome = catalog.commitTransaction([{ identifier, ...commit }]);
    await expect(outcome).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
  });

  test("can be found out afterwards by the snapshot", async () => {
    const { catalog, commit } = await prepare();
    fault = async (request, next) => {
      await next(request);
      return dropConnection;
    };
    await expect(catalog.updateTable(identifier, commit)).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
    fault = pass;
    expect((await catalog.loadTable(identifier)).metadata.currentSnapshotId).toBe(1n);
  });

  test.each([
    [409, "", "COMMIT_CONFLICT"],
    [400, '{"error":{"message":"bad","type":"BadRequestException","code":400}}', "INVALID_ARGUMENT"],
    [403, "", "FORBIDDEN"],
    [404, "", "TABLE_NOT_FOUND"],
    [507, "", "STORAGE_FULL"],
  ])("is a refusal when the answer is %i", async (status, body, code) => {
    const { catalog, commit } = await prepare();
    fault = async () => text(body, status);
    await expect(catalog.updateTable(identifier, commit)).rejects.toMatchObject({ code });
  });

  test("is a failure when nobody was listening", async () => {
    const { commit } = await prepare();
    const closed = await serve(async () => text("", 200));
    await closed.close();
    fault = async () => Response.json({ overrides: { uri: closed.uri } });
    const catalog = await RestCatalog.connect({ uri: server.uri });
    await expect(catalog.updateTable(identifier, commit)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  });

  test("is awaited again when the catalog asks for patience", async () => {
    const { catalog, commit } = await prepare();
    let refusals = 0;
    fault = (request, next) =>
      refusals++ < 2 ? Promise.resolve(text("", 503, { "retry-after": "0" })) : next(request);
    await catalog.updateTable(identifier, commit);
    expect(refusals).toBe(3);
  });
});

describe("what the catalog's config says", () => {
  const connectTo = async (config: unknown, options = {}) => {
    fault = async (request, next) =>
      new URL(request.url).pathname.endsWith("/v1/config") ? Response.json(config) : next(request);
    return RestCatalog.connect({ uri: server.uri, ...options });
  };
  const paths = () => requests.map((request) => new URL(request.url).pathname);

  test("is merged: defaults, then the client's properties, then overrides", async () => {
    const catalog = await connectTo(
      { defaults: { a: "default", b: "default", c: "default" }, overrides: { c: "override" } },
      { properties: { b: "client", c: "client" } },
    );
    expect(catalog.properties).toMatchObject({ a: "default", b: "client", c: "override" });
  });

  test("may move the catalog, and puts its prefix into paths as it is", async () => {
    const catalog = await connectTo({
      defaults: { prefix: "main%7Cware house" },
      overrides: { uri: `${server.uri}/moved/`, "namespace-separator": "%2E" },
    });
    fault = async () => Response.json({ properties: {} });
    await catalog.loadNamespace(["a b", "ü"]);
    expect(paths().at(-1)).toBe("/moved/v1/main%7Cware%20house/namespaces/a%20b%2E%C3%BC");
    await expect(async () => catalog.loadNamespace(["a.b"])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  test("names a parent by its levels as they are, with the separator, encoded once; and asks for a first page", async () => {
    const catalog = await connectTo({ overrides: { "namespace-separator": "%2E" } });
    fault = async () => Response.json({ namespaces: [["a b", "ü", "c"]] });
    expect(await catalog.listNamespaces(["a b", "ü"])).toEqual([["a b", "ü", "c"]]);
    const { search, searchParams } = new URL(requests.at(-1)?.url ?? "");
    expect(searchParams.get("parent")).toBe("a b.ü");
    expect(search).not.toContain("%25");
    expect(searchParams.get("pageToken")).toBe("");
    await catalog.listNamespaces();
    expect(new URL(requests.at(-1)?.url ?? "").searchParams.has("parent")).toBe(false);
  });

  test("asks with the warehouse, and says when there is none of that name", async () => {
    await connectTo({}, { warehouse: "my warehouse" });
    expect(new URL(requests[0]?.url ?? "").searchParams.get("warehouse")).toBe("my warehouse");
    fault = async () => text('{"error":{"message":"none","type":"NotFoundException","code":404}}', 404);
    await expect(RestCatalog.connect({ uri: server.uri })).rejects.toMatchObject({ code: "WAREHOUSE_NOT_FOUND" });
    fault = async () => text("<html>404 page not found</html>", 404);
    await expect(RestCatalog.connect({ uri: server.uri })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  test("limits what is asked of the catalog", async () => {
    const catalog = await connectTo({ endpoints: ["GET /v1/{prefix}/namespaces"] });
    expect(await catalog.listNamespaces()).toEqual([]);
    await expect(catalog.dropNamespace(["n"])).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("DELETE /v1/{prefix}/namespaces/{namespace}"),
    });
  });

  test.each([{}, { endpoints: [] }])(
    "may leave out the endpoints: then existence is found out by loading",
    async (config) => {
      const catalog = await connectTo(config);
      await catalog.createNamespace(["n"]);
      expect([await catalog.namespaceExists(["n"]), await catalog.namespaceExists(["x"])]).toEqual([true, false]);
      expect(requests.some((request) => request.method === "HEAD")).toBe(false);
    },
  );

  test("sets the page size", async () => {
    const catalog = await connectTo({ defaults: { "rest-page-size": "1" } });
    for (const name of ["a", "b", "c"]) await catalog.createNamespace([name]);
    requests = [];
    expect(await catalog.listNamespaces()).toEqual([["a"], ["b"], ["c"]]);
    expect(requests).toHaveLength(3);
    expect(new URL(requests[0]?.url ?? "").search).toBe("?pageToken=&pageSize=1");
  });
});

test("a catalog that repeats a page token is not asked for ever", async () => {
  const catalog = await RestCatalog.connect({ uri: server.uri });
  fault = async () => Response.json({ namespaces: [["a"]], "next-page-token": "again" });
  await expect(catalog.listNamespaces()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
});

test("custom headers are sent with every request", async () => {
  const catalog = await RestCatalog.connect({ uri: server.uri, headers: { "Polaris-Realm": "r" }, token: "t" });
  await catalog.listNamespaces();
  const sent = requests.map(({ headers }) => [headers.get("polaris-realm"), headers.get("authorization")]);
  expect(sent).toEqual([
    ["r", "Bearer t"],
    ["r", "Bearer t"],
  ]);
});

test("reading is tried again when the catalog is busy", async () => {
  const catalog = await RestCatalog.connect({ uri: server.uri });
  let refusals = 0;
  fault = async () => (refusals++ === 0 ? text("", 429, { "retry-after": "0" }) : Response.json({ namespaces: [] }));
  expect(await catalog.listNamespaces()).toEqual([]);
  expect(refusals).toBe(2);
});

test.each([
  [400, '{"error":{"message":"x","type":"NamespaceNotEmptyException","code":400}}', "NAMESPACE_NOT_EMPTY"],
  [409, "", "NAMESPACE_NOT_EMPTY"],
  [404, "", "NAMESPACE_NOT_FOUND"],
  [406, '{"message":"bare","type":"UnsupportedOperationException","code":406}', "UNSUPPORTED"],
  [401, '{"error":"invalid_token"}', "AUTHENTICATION_FAILED"],
  [403, "", "FORBIDDEN"],
  [405, "", "UNSUPPORTED"],
  [501, "", "UNSUPPORTED"],
  [422, "", "INVALID_ARGUMENT"],
])("dropping a namespace that is answered %i %s fails as it should", async (status, body, code) => {
  const catalog = await RestCatalog.connect({ uri: server.uri });
  fault = async () => text(body, status);
  await expect(catalog.dropNamespace(["n"])).rejects.toMatchObject({ code });
});
