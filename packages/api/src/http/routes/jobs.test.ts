import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, expect, it } from "vitest";
import { grantTo } from "../access/tokens.ts";
import { createHttpApp, type HttpApp } from "../app.ts";
import { serveHttp } from "../serve.ts";
import { now, openDriverStore, type TestStore } from "../testing/driver-store.ts";

let opened: TestStore;
let app: HttpApp;
const logged: unknown[] = [];
beforeAll(async () => {
  opened = await openDriverStore();
  app = createHttpApp(opened.store, {
    now,
    concurrency: 1,
    logFailedJob: (record) => logged.push(record),
    grants: [
      grantTo("a", { name: "ann", role: "reader" }),
      grantTo("b", { name: "ben", role: "reader" }),
      grantTo("twin", { name: "ann", role: "reader" }),
      grantTo("x", { name: "root", role: "admin" }),
    ],
  });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
});

const ask = (path: string, token = "a", init: RequestInit = {}) =>
  app.request(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
const wanted = { spine: { latest: true }, features: ["driver_stats:rating"] };

async function start(body: object): Promise<{ readonly id: string }> {
  const response = await ask("/v1/jobs/training-sets", "a", { method: "POST", body: JSON.stringify(body) });
  expect(response.status).toBe(202);
  const job = (await response.json()) as { readonly id: string };
  expect(response.headers.get("location")).toBe(`/v1/jobs/${job.id}`);
  return job;
}

/** What its events say, until it has ended. */
async function events(id: string) {
  const response = await ask(`/v1/jobs/${id}/events`);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const text = await response.text();
  return [...text.matchAll(/event: job\ndata: (.*)\n/g)].map(([, data]) => JSON.parse(String(data)));
}

it("makes a training set while nobody waits, tells how far it is, and keeps the rows", async () => {
  const { id } = await start(wanted);
  const told = await events(id);
  expect(told.at(-1)).toMatchObject({ id, state: "done", error: null, progress: { index: expect.any(Number) } });
  expect(await (await ask(`/v1/jobs/${id}`)).json()).toEqual(told.at(-1));
  const headers = { accept: "application/vnd.apache.arrow.stream" };
  const result = await ask(`/v1/jobs/${id}/result`, "a", { headers });
  expect(tableFromIPC(new Uint8Array(await result.arrayBuffer())).numRows).toBe(3);
});

it("is seen by who started it, and by admins", async () => {
  const { id } = await start(wanted);
  await events(id);
  const statuses = ["a", "b", "twin", "x"].map(async (token) => (await ask(`/v1/jobs/${id}`, token)).status);
  expect(await Promise.all(statuses)).toEqual([200, 404, 404, 200]);
  expect((await ask(`/v1/jobs/${id}`, "b", { method: "DELETE" })).status).toBe(404);
  expect((await ask(`/v1/jobs/${id}`, "a", { method: "DELETE" })).status).toBe(204);
  expect((await ask(`/v1/jobs/${id}`)).status).toBe(404);
});

it("says what went wrong where the request could not tell yet, without paths of the server", async () => {
  const body = "driver,event_timestamp\n1,2026-01-01T00:00:00Z\n";
  const query = "features=driver_stats:rating";
  const response = await ask(`/v1/jobs/training-sets?${query}`, "a", {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body,
  });
  const { id } = (await response.json()) as { readonly id: string };
  const [last] = (await events(id)).slice(-1);
  expect(last).toMatchObject({ state: "failed", error: { code: "SPINE_INVALID" } });
  expect(last.error.message).toMatch(/^what was sent: no column "driver_id"/);
  const result = await ask(`/v1/jobs/${id}/result`);
  expect(result.status).toBe(409);
  expect(await result.json()).toMatchObject({ error: last.error });
});

it("refuses at once what makes no sense", async () => {
  const body = JSON.stringify({ ...wanted, features: ["driver_stats:raiting"] });
  const response = await ask("/v1/jobs/training-sets", "a", { method: "POST", body });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: "FEATURE_NOT_FOUND" } });
});

it("says in the log what failed, and runs a spine's query when it has a turn", async () => {
  logged.splice(0);
  const { id } = await start({ ...wanted, spine: { sql: "SELECT error('boom') AS driver_id" } });
  expect((await events(id)).at(-1)).toMatchObject({ state: "failed", error: { code: "ROWS_INVALID" } });
  expect(logged).toContainEqual({ time: now().toISOString(), job: id, error: expect.stringContaining("boom") });
});

it("holds no turn for an answer whose body nobody reads", async () => {
  const { id } = await start(wanted);
  await events(id);
  for (let i = 0; i < 3; i++) expect((await ask(`/v1/jobs/${id}/result`, "a", { method: "HEAD" })).status).toBe(200);
  expect((await (await ask(`/v1/jobs/${id}/result`)).arrayBuffer()).byteLength).toBeGreaterThan(0);
});

it("ends with its server, which does not wait for those who follow it", async () => {
  const server = await serveHttp(createHttpApp(opened.store, { now }), { port: 0 });
  const body = JSON.stringify({ ...wanted, spine: { sql: forever } });
  const started = await fetch(`${server.url}/v1/jobs/training-sets`, { method: "POST", body });
  const { id } = (await started.json()) as { readonly id: string };
  const followed = await fetch(`${server.url}/v1/jobs/${id}/events`);
  await server.close();
  expect(await followed.text()).toContain('"state":"cancelled"');
});

const forever =
  "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM t) SELECT count(*) AS driver_id FROM t";
