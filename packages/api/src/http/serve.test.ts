import { get } from "node:http";
import { RestCatalog } from "@icecore/iceberg-catalog";
import { tableFromIPC } from "apache-arrow";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createHttpApp } from "./app.ts";
import { type HttpServer, type ServeOptions, serveHttp } from "./serve.ts";
import { now, openDriverStore, type TestStore } from "./testing/driver-store.ts";

let opened: TestStore;
const servers: HttpServer[] = [];

beforeAll(async () => {
  opened = await openDriverStore();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => opened[Symbol.asyncDispose]());

async function serve(options: ServeOptions = {}, token?: string): Promise<HttpServer> {
  const server = await serveHttp(createHttpApp(opened.store, { now, token }), { port: 0, ...options });
  servers.push(server);
  return server;
}

describe("a server", () => {
  it("streams over a real connection", async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/v1/query`, {
      method: "POST",
      headers: { accept: "application/vnd.apache.arrow.stream" },
      body: JSON.stringify({ sql: "SELECT i FROM range(200000) t(i)" }),
    });
    expect(tableFromIPC(new Uint8Array(await response.arrayBuffer())).numRows).toBe(200_000);
  });

  it("is an Iceberg catalog", async () => {
    const { url } = await serve({}, "s3cret");
    const catalog = await RestCatalog.connect({ uri: `${url}/iceberg`, token: "s3cret" });
    expect(await catalog.listNamespaces()).toEqual([["rides"]]);
    expect(await catalog.listTables(["rides"])).toContainEqual({ namespace: ["rides"], name: "driver_stats" });
    await catalog.createNamespace(["other"], { owner: "ml" });
    expect(await catalog.listNamespaces()).toContainEqual(["other"]);
  });

  /** A server that says when a query it ran has ended, and when one has begun. */
  async function watchedServer() {
    const { store } = opened;
    const [begun, ended] = [deferred(), deferred()];
    const openQuery: typeof store.openQuery = async (...args) => {
      begun.resolve();
      try {
        const query = await store.openQuery(...args);
        const dispose = async () => {
          await query[Symbol.asyncDispose]();
          ended.resolve();
        };
        return { ...query, [Symbol.asyncDispose]: dispose };
      } catch (error) {
        ended.resolve();
        throw error;
      }
    };
    const app = createHttpApp(Object.assign(Object.create(store), { openQuery }), { now });
    const server = await serveHttp(app, { port: 0 });
    servers.push(server);
    const leaving = new AbortController();
    const ask = (sql: string) =>
      fetch(`${server.url}/v1/query`, { method: "POST", body: JSON.stringify({ sql }), signal: leaving.signal });
    return { ask, leaving, begun: begun.promise, ended: ended.promise };
  }

  it("ends a query that its caller leaves", async () => {
    const { ask, leaving, ended } = await watchedServer();
    const response = await ask("SELECT i FROM range(10000000) t(i)");
    await response.body?.getReader().read();
    leaving.abort();
    await ended;
  });

  it("ends a query that its caller leaves before it has an answer", async () => {
    const { ask, leaving, begun, ended } = await watchedServer();
    const forever = "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM t) SELECT count(*) FROM t";
    const asked = ask(forever).catch(() => undefined);
    await begun;
    leaving.abort();
    await asked;
    await ended;
  });

  it("finishes what is in flight when it closes, and takes no more", async () => {
    const server = await serve();
    const response = await fetch(`${server.url}/v1/query`, {
      method: "POST",
      body: JSON.stringify({ sql: "SELECT i FROM range(300000) t(i)" }),
    });
    const closed = server.close();
    servers.pop();
    expect(await response.json()).toHaveLength(300_000);
    await closed;
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });

  it("cuts off what does not finish in time", async () => {
    const server = await serve({ closeTimeoutMs: 1 });
    const response = await fetch(`${server.url}/v1/query`, {
      method: "POST",
      body: JSON.stringify({ sql: "SELECT i FROM range(100000000) t(i)" }),
    });
    servers.pop();
    await server.close();
    await expect(response.text()).rejects.toThrow();
  });

  it("does not wait for connections that are kept alive", async () => {
    const server = await serve();
    servers.pop();
    await new Promise((resolve) => get(`${server.url}/health`, (response) => response.resume().on("end", resolve)));
    await server.close();
  });
});

describe("an address", () => {
  it("that is taken is said to be", async () => {
    const { url } = await serve();
    const port = Number(new URL(url).port);
    await expect(serve({ port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: `port ${port} of 127.0.0.1 is in use; choose another one with --port`,
    });
  });

  it("that does not exist is refused", async () => {
    await expect(serve({ host: "192.0.2.1" }, "s3cret")).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });

  it.each(["0.0.0.0", "::", "example.com", "127.example.com"])("such as %s needs a token", async (host) => {
    await expect(serve({ host })).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      message: `anyone who reaches ${host} could read and change this feature store; set a token, or listen on 127.0.0.1`,
    });
  });

  it("beyond this machine is fine with a token", async () => {
    const { url } = await serve({ host: "0.0.0.0" }, "s3cret");
    expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  });
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
