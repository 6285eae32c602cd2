import { beforeEach, describe, expect, test } from "vitest";
import { createCatalogApp } from "../../server/http/app.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { appendCommit, driversTable } from "../../testing/sample-commits.ts";
import type { Fetch } from "./fetch-send.ts";
import { RestCatalog } from "./rest-catalog.ts";

const identifier = { namespace: ["n"], name: "t" };

/** What becomes of a request on its way, which it may be carried out in spite of. */
type Fault = (request: Request, pass: Fetch) => Promise<Response>;

const answerLost: Fault = async (request, pass) => {
  await pass(request);
  throw new TypeError("terminated");
};
const gatewayTimeout: Fault = async (request, pass) => {
  await pass(request);
  return new Response("", { status: 503, headers: { "retry-after": "0" } });
};

let catalog: RestCatalog;
let faults: Fault[];
let keys: (string | null)[];
let remembersKeys: boolean;
beforeEach(async () => {
  const app = createCatalogApp(inMemoryContext());
  [faults, keys, remembersKeys] = [[], [], true];
  const pass: Fetch = async (request) => {
    const headers = new Headers(request.headers);
    if (!remembersKeys) headers.delete("idempotency-key");
    return app.fetch(new Request(request, { headers }));
  };
  catalog = await RestCatalog.connect({
    uri: "http://c",
    fetch: async (request) => {
      if (request.method === "POST") keys.push(request.headers.get("idempotency-key"));
      const fault = request.method === "POST" ? faults.shift() : undefined;
      return fault === undefined ? pass(request) : fault(request, pass);
    },
  });
  await catalog.createNamespace(["n"]);
  await catalog.createTable(identifier, driversTable);
  keys = [];
});

const commit = async (id: bigint) =>
  catalog.updateTable(identifier, appendCommit((await catalog.loadTable(identifier)).metadata, id));

describe("a catalog that remembers idempotency keys", () => {
  test.each([
    ["lost", answerLost],
    ["a gateway's", gatewayTimeout],
  ] as const)("is sent a commit again whose answer is %s, under the same key", async (_, fault) => {
    faults = [fault];
    expect((await commit(1n)).metadata.currentSnapshotId).toBe(1n);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("gets another key with each commit, also of the same change", async () => {
    const { metadata } = await catalog.loadTable(identifier);
    await catalog.updateTable(identifier, appendCommit(metadata, 1n));
    await expect(catalog.updateTable(identifier, appendCommit(metadata, 1n))).rejects.toMatchObject({
      code: "COMMIT_CONFLICT",
    });
    expect(new Set(keys).size).toBe(2);
  });

  test("is sent a creation again, and gives the same table", async () => {
    faults = [answerLost];
    const created = await catalog.createTable({ ...identifier, name: "u" }, driversTable);
    expect((await catalog.loadTable({ ...identifier, name: "u" })).metadata).toEqual(created.metadata);
  });
});

test.each<[string, Fault[]]>([
  ["a conflict with what may be the same commit", []],
  ["being forbidden what may be done already", [async () => new Response("", { status: 403 })]],
])("%s leaves nobody to know", async (_, then) => {
  remembersKeys = false;
  faults = [answerLost, ...then];
  await expect(commit(1n)).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
  expect((await catalog.loadTable(identifier)).metadata.currentSnapshotId).toBe(1n);
});
