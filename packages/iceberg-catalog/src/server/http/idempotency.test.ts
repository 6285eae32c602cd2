import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fetch } from "../../catalog/rest/fetch-send.ts";
import { timestampMs } from "../../spec/ids.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { openEmbeddedCatalog } from "../open-embedded-catalog.ts";
import { createCatalogApp } from "./app.ts";

const key = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const schema = { type: "struct", fields: [{ id: 1, name: "a", required: true, type: "long" }] };
const table = "/namespaces/n/tables/t";

interface Answer {
  readonly status: number;
  readonly text: string;
}

let fetch: Fetch;
let now: number;
beforeEach(async () => {
  now = 1_800_000_000_000;
  const app = createCatalogApp({ ...inMemoryContext(), now: () => timestampMs(now) });
  fetch = async (request) => app.fetch(request);
  await send("POST", "/namespaces", { namespace: ["n"] });
  await send("POST", "/namespaces/n/tables", { name: "t", schema });
});

async function send(method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<Answer> {
  const response = await fetch(
    new Request(`http://embedded/v1${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(idempotencyKey !== undefined && { headers: { "idempotency-key": idempotencyKey } }),
    }),
  );
  return { status: response.status, text: await response.text() };
}

const set = (name: string, value: string) => ({
  requirements: [],
  updates: [{ action: "set-properties", updates: { [name]: value } }],
});
const properties = async () => JSON.parse((await send("GET", table)).text).metadata.properties;

describe("a request with a key takes effect once", () => {
  const operations: readonly (readonly [method: string, path: string, body?: unknown])[] = [
    ["POST", "/namespaces", { namespace: ["m"], properties: { a: "1" } }],
    ["POST", "/namespaces/n/properties", { updates: { a: "1" }, removals: ["b"] }],
    ["POST", "/namespaces/n/tables", { name: "u", schema }],
    ["POST", table, set("a", "1")],
    [
      "POST",
      "/tables/rename",
      { source: { namespace: ["n"], name: "t" }, destination: { namespace: ["n"], name: "v" } },
    ],
    ["DELETE", table],
    [
      "POST",
      "/transactions/commit",
      { "table-changes": [{ identifier: { namespace: ["n"], name: "t" }, ...set("a", "1") }] },
    ],
  ];

  for (const [method, path, body] of operations) {
    test(`${method} ${path}`, async () => {
      const first = await send(method, path, body, key(1));
      expect(first.status).toBeLessThan(300);
      expect(await send(method, path, body, key(1))).toEqual(first);
    });
  }

  test("also where it came twice at once", async () => {
    const requests = [1, 2, 3, 4].map(() => send("POST", "/namespaces/n/tables", { name: "u", schema }, key(1)));
    const answers = await Promise.all(requests);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test("and its answer stays, whatever comes after it", async () => {
    const first = await send("POST", table, set("a", "1"), key(1));
    await send("POST", table, set("a", "2"), key(2));
    expect(await send("POST", table, set("a", "1"), key(1))).toEqual(first);
    expect(await properties()).toEqual({ a: "2" });
    await send("DELETE", table);
    expect(await send("POST", table, set("a", "1"), key(1))).toEqual(first);
  });

  test("in lower or upper case", async () => {
    const first = await send("POST", table, set("a", "1"), key(1).replace("8000", "ABCD"));
    expect(await send("POST", table, set("a", "1"), key(1).replace("8000", "abcd"))).toEqual(first);
  });
});

describe("a request whose state of the table is gone", () => {
  const request = { ...set("a", "1") };
  const short = {
    "write.metadata.previous-versions-max": "1",
    "write.metadata.delete-after-commit.enabled": "true",
  };
  const answerOf = async () => {
    const answer = await send("POST", table, request, key(1));
    return { status: answer.status, body: JSON.parse(answer.text) };
  };
  beforeEach(async () => {
    await send("POST", table, { requirements: [], updates: [{ action: "set-properties", updates: short }] });
    await send("POST", table, request, key(1));
    for (const value of ["1", "2", "3"]) await send("POST", table, set("b", value));
  });

  test("is answered with the table as it is now", async () => {
    const { status, body } = await answerOf();
    expect([status, body.metadata.properties]).toEqual([200, { ...short, a: "1", b: "3" }]);
  });

  test("is told that the table is gone, where it is, or another has its name", async () => {
    await send("DELETE", `${table}?purgeRequested=true`);
    expect(await answerOf()).toMatchObject({ status: 404, body: { error: { type: "NoSuchTableException" } } });
    await send("POST", "/namespaces/n/tables", { name: "t", schema });
    expect(await answerOf()).toMatchObject({ status: 404, body: { error: { type: "NoSuchTableException" } } });
  });
});

describe("what is remembered", () => {
  test("are refusals, even when they would not be made any more", async () => {
    const first = await send("POST", "/namespaces/m/tables", { name: "t", schema }, key(1));
    expect(first.status).toBe(404);
    await send("POST", "/namespaces", { namespace: ["m"] });
    expect(await send("POST", "/namespaces/m/tables", { name: "t", schema }, key(1))).toEqual(first);
    expect((await send("POST", "/namespaces/m/tables", { name: "t", schema }, key(2))).status).toBe(200);
  });

  test("is forgotten after the lifetime that the config tells", async () => {
    const config = JSON.parse((await send("GET", "/config")).text);
    expect(config["idempotency-key-lifetime"]).toBe("PT30M");
    await send("POST", "/namespaces", { namespace: ["m"] }, key(1));
    now += 30 * 60_000 - 1;
    expect((await send("POST", "/namespaces", { namespace: ["m"] }, key(1))).status).toBe(200);
    now += 1;
    expect((await send("POST", "/namespaces", { namespace: ["m"] }, key(1))).status).toBe(409);
  });
});

test("a key is of one request alone", async () => {
  await send("POST", table, set("a", "1"), key(1));
  expect((await send("POST", table, set("a", "2"), key(1))).status).toBe(400);
  expect((await send("DELETE", table, undefined, key(1))).status).toBe(400);
  expect(await properties()).toEqual({ a: "1" });
});

test.each(["", "1", "01900000-0000-4000-8000-000000000000", "x".repeat(10_000)])("%j is no key", async (text) => {
  expect((await send("DELETE", table, undefined, text)).status).toBe(400);
});

describe("on disk", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "icecore-idempotency-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("a key outlives the process, and is known to others", async () => {
    const [one, two] = [await openEmbeddedCatalog({ path: folder }), await openEmbeddedCatalog({ path: folder })];
    fetch = one.fetch;
    await send("POST", "/namespaces", { namespace: ["n"] });
    const first = await send("POST", "/namespaces/n/tables", { name: "t", schema }, key(1));
    fetch = two.fetch;
    expect(await send("POST", "/namespaces/n/tables", { name: "t", schema }, key(1))).toEqual(first);
    await Promise.all([one.close(), two.close()]);
    const three = await openEmbeddedCatalog({ path: folder });
    fetch = three.fetch;
    expect(await send("POST", "/namespaces/n/tables", { name: "t", schema }, key(1))).toEqual(first);
    await three.close();
  });
});
