import { beforeEach, describe, expect, test } from "vitest";
import { createCatalogApp } from "../../server/http/app.ts";
import { type JsonObject, parseJson, stringifyJson } from "../../spec/json.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { driversTable } from "../../testing/sample-commits.ts";
import { RestCatalog } from "./rest-catalog.ts";

const identifier = { namespace: ["n"], name: "t" };
const nothing = { requirements: [], updates: [] };
const jwtType = "urn:ietf:params:oauth:token-type:jwt";

/** What the catalog says about a table that is loaded. */
let config: JsonObject;
let sent: string[];
let rejected: string | undefined;
let forms: Record<string, string>[];
let catalog: RestCatalog;
beforeEach(async () => {
  [config, sent, rejected, forms] = [{}, [], undefined, []];
  const app = createCatalogApp(inMemoryContext());
  catalog = await RestCatalog.connect({
    uri: "http://c",
    credential: "me:secret",
    fetch: async (request) => {
      if (request.url.endsWith("/tokens")) {
        forms.push(Object.fromEntries(new URLSearchParams(await request.text())));
        return Response.json({ access_token: `issued-${forms.length}`, token_type: "bearer" });
      }
      const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
      sent.push(`${request.method} ${token}`);
      if (token === rejected) return new Response("", { status: 419 });
      const response = await app.fetch(request);
      if (!response.ok || !request.url.includes("/tables") || request.method === "DELETE") return response;
      const body = parseJson(await response.text()) as JsonObject;
      return new Response(stringifyJson({ ...body, ...("config" in body && { config }) }), response);
    },
  });
  await catalog.createNamespace(["n"]);
});

describe("a token that comes with a table", () => {
  test("is for the requests about that table, and no other", async () => {
    config = { token: "of-table" };
    await catalog.createTable(identifier, driversTable);
    sent = [];
    await catalog.updateTable(identifier, nothing);
    await catalog.loadTable(identifier);
    await catalog.listTables(["n"]);
    expect(sent).toEqual(["POST of-table", "GET of-table", "GET issued-1"]);
  });

  test("gives way to the catalog's when it is not taken any more", async () => {
    config = { token: "of-table" };
    await catalog.createTable(identifier, driversTable);
    rejected = "of-table";
    sent = [];
    await catalog.updateTable(identifier, nothing);
    expect(sent).toEqual(["POST of-table", "POST issued-1"]);
  });

  test("may have to be exchanged for one that gives access", async () => {
    config = { [jwtType]: "assertion" };
    await catalog.createTable(identifier, driversTable);
    sent = [];
    await catalog.updateTable(identifier, nothing);
    await catalog.updateTable(identifier, nothing);
    expect(sent).toEqual(["POST issued-2", "POST issued-2"]);
    expect(forms[1]).toMatchObject({
      subject_token: "assertion",
      subject_token_type: jwtType,
      actor_token: "issued-1",
    });
  });

  test("is no credential: the catalog's own token is used, and nobody is asked for another", async () => {
    config = { credential: "table:secret" };
    await catalog.createTable(identifier, driversTable);
    sent = [];
    await catalog.updateTable(identifier, nothing);
    expect([sent, forms.length]).toEqual([["POST issued-1"], 1]);
  });

  test("goes with the table", async () => {
    config = { token: "of-table" };
    await catalog.createTable(identifier, driversTable);
    await catalog.dropTable(identifier);
    config = {};
    await catalog.createTable(identifier, driversTable);
    sent = [];
    await catalog.updateTable(identifier, nothing);
    expect(sent).toEqual(["POST issued-1"]);
  });
});
