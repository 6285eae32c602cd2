import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createHttpApp, openFeatureStore, serveHttp } from "@icecore/api";
import { startRedis } from "@icecore/online-sync/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { driverRepo, type TestRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

interface Found {
  readonly part: string;
  readonly status: string;
  readonly message: string;
  readonly mend?: string;
}

let repo: TestRepo;
beforeAll(async () => {
  repo = await driverRepo();
});
afterAll(() => repo[Symbol.asyncDispose]());

/** What the doctor says of a configuration. */
async function findings(config: string): Promise<readonly Found[]> {
  await repo.write("feature_store.yaml", `project: rides\n${config}`);
  const { stdout, exitCode } = await icecore("--repo", repo.directory, "--json", "doctor");
  const found: readonly Found[] = JSON.parse(stdout).findings;
  expect(exitCode).toBe(found.some(({ status }) => status === "failed") ? 1 : 0);
  return found;
}

/** What has to be mended, a line each. */
async function complaints(config: string): Promise<string> {
  const failed = (await findings(config)).filter(({ status }) => status === "failed" || status === "warning");
  const lines = failed.map(
    ({ part, status, message, mend }) => `${status} ${part}: ${message}${mend ? ` -> ${mend}` : ""}`,
  );
  return lines
    .join("\n")
    .replaceAll(repo.directory, "REPO")
    .replaceAll(/127\.0\.0\.1:\d+/g, "HOST");
}

const rest = (uri: string, more = "") => `offline_store: { catalog: { type: rest, uri: "${uri}"${more} } }\n`;

/** A server of others that answers as the case says. */
async function served<T>(listener: RequestListener, use: (uri: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const answering =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
const icebergError = (message: string, type: string, code: number) => ({ error: { message, type, code } });
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

describe("the doctor", () => {
  it("finds nothing wrong with a repository that works, nor changes it", async () => {
    await repo.write("feature_store.yaml", "project: rides\n");
    await icecoreOk("--repo", repo.directory, "apply");
    const found = await findings("");
    expect(found.map(({ part, status }) => `${status} ${part}`)).toEqual([
      "ok node",
      "ok duckdb",
      "ok configuration",
      "ok definitions",
      "ok catalog",
      "ok storage",
      "ok registry",
      "ok online store",
    ]);
    const text = await icecoreOk("--repo", repo.directory, "doctor");
    expect(text).toMatch(/^ok {7}node: Node \d+/);
  });

  it("tells what is not applied, and goes on behind what is broken", async () => {
    const definitions = await repo.write("more.ts", "export const x = {");
    expect(await complaints("")).toMatch(/^failed definitions: REPO\/more\.ts:1: ParseError: Unexpected token$/);
    await repo.write(
      "more.ts",
      `import { defineEntity } from "@icecore/feature-registry";\nexport const x = defineEntity({ name: "x", joinKeys: { x: "long" }, owner: "o", description: "" });\n`,
    );
    expect(await complaints("")).toBe(
      "warning registry: 1 definition differs from what was applied -> run icecore plan",
    );
    await repo.write(definitions.slice(repo.directory.length + 1), "");
  });

  it("names a configuration that is none", async () => {
    expect(await complaints("online_stor: {}")).toBe(
      `failed configuration: REPO/feature_store.yaml: unknown key "online_stor" (did you mean "online_store"?)`,
    );
  });
});

describe("the doctor, of a catalog", () => {
  it("that nobody serves, and of a host that is not known", async () => {
    const free = await served(answering(200, {}), async (uri) => uri);
    expect(await complaints(rest(free))).toContain("-> nothing listens at HOST: start the catalog, or mend its port");
    expect(await complaints(rest("http://no-such-host.invalid/api/catalog"))).toContain(
      `-> no such host: check "no-such-host.invalid" in offline_store.catalog.uri`,
    );
  });

  it("that speaks plain HTTP, or is no catalog at all", async () => {
    await served(answering(404, "<html>not here</html>", { "content-type": "text/html" }), async (uri) => {
      expect(await complaints(rest(uri.replace("http", "https")))).toContain("-> write http:// instead of https://");
      expect(await complaints(rest(uri))).toContain("is it the address of an Iceberg REST catalog");
    });
  });

  it("tries the storage before there is any table of the project", async () => {
    await using theirs = await driverRepo();
    await using store = await openFeatureStore({ repo: theirs.directory });
    await store.apply(await store.plan());
    const server = await serveHttp(createHttpApp(store), { port: 0 });
    const found = await findings(`${rest(`${server.url}/iceberg`)}registry: { namespace: elsewhere }\n`);
    const ok = { part: "storage", status: "ok", message: expect.stringContaining("files can be written") };
    expect(found).toContainEqual(ok);
    expect(found).toContainEqual({
      part: "namespace",
      status: "ok",
      message: "namespace elsewhere will be made by apply",
    });
    await server.close();
  });

  it("whose warehouse is missing, or not named", async () => {
    const missing = answering(404, icebergError("Unable to find warehouse nope", "NotFoundException", 404));
    await served(missing, async (uri) => {
      expect(await complaints(rest(uri, ", warehouse: nope"))).toContain(
        `-> set offline_store.catalog.warehouse to a warehouse that is there; "nope" is not`,
      );
    });
    const unnamed = answering(400, icebergError("Please specify a warehouse", "BadRequestException", 400));
    await served(unnamed, async (uri) => {
      expect(await complaints(rest(uri))).toContain("does it want a warehouse?");
    });
  });

  it("that refuses the scope, the credential, or everybody without one", async () => {
    await served(answering(400, { error: "invalid_scope" }), async (uri) => {
      expect(await complaints(rest(uri, `, credential: "a:b", scope: catalog`))).toContain(
        "-> set offline_store.catalog.scope; now it is catalog",
      );
    });
    await served(answering(401, { error: "invalid_client" }), async (uri) => {
      expect(await complaints(rest(uri, `, credential: "a:b"`))).toContain("-> check CLIENT_ID:CLIENT_SECRET");
      expect(await complaints(rest(uri, `, credential: "a"`))).toContain("it has no colon");
      expect(await complaints(rest(uri))).toContain(
        "-> set offline_store.catalog.credential to CLIENT_ID:CLIENT_SECRET",
      );
    });
  });

  it("whose token has expired, or is not good yet", async () => {
    await served(answering(401, icebergError("Not authorized", "NotAuthorizedException", 401)), async (uri) => {
      expect(await complaints(rest(uri, `, token: "${jwt({ exp: 1_700_000_000 })}"`))).toContain(
        "the token expired at 2023-11-14T22:13:20.000Z -> get a new one, or use a credential",
      );
      expect(await complaints(rest(uri, `, token: "${jwt({ nbf: 9_999_999_999 })}"`))).toContain("-> set this clock");
      expect(await complaints(rest(uri, ", token: opaque"))).toContain("-> get a new token: this one is refused");
    });
  });

  it("whose clock is another one", async () => {
    const past = { date: "Sat, 01 Jan 2000 00:00:00 GMT" };
    await served(answering(401, icebergError("Not authorized", "NotAuthorizedException", 401), past), async (uri) => {
      expect(await complaints(rest(uri, ", token: opaque"))).toContain(
        "the catalog's 2000-01-01T00:00:00.000Z -> set the clocks by NTP",
      );
    });
  });
});

describe("the doctor, of Redis", () => {
  const redis = (more: string) => `online_store: { type: redis, ${more} }\n`;

  it("that does not run, or wants a password", async () => {
    expect(await complaints(redis(`connection_string: "127.0.0.1:1"`))).toContain(
      "see that it runs and can be reached",
    );
    await using guarded = await startRedis(inject("redisServer"), ["--requirepass", "secret"]);
    const address = guarded.connectionString;
    expect(await complaints(redis(`connection_string: "${address}"`))).toContain("check username and password");
    expect(await complaints(redis(`connection_string: "${address},password=secret"`))).toBe("");
  });

  it("that is a cluster, a replica, or forgets what it was given", async () => {
    await using cluster = await startRedis(inject("redisServer"), ["--cluster-enabled", "yes"]);
    await using replica = await startRedis(inject("redisServer"), ["--replicaof", `127.0.0.1 ${cluster.port}`]);
    await using evicting = await startRedis(inject("redisServer"), [
      "--maxmemory",
      "8mb",
      "--maxmemory-policy",
      "allkeys-lru",
    ]);
    expect(await complaints(redis(`connection_string: "${cluster.connectionString}"`))).toContain(
      "redis_type to redis_cluster",
    );
    expect(await complaints(redis(`connection_string: "${replica.connectionString}"`))).toContain("name its primary");
    expect(await complaints(redis(`connection_string: "${evicting.connectionString}"`))).toContain(
      "set maxmemory-policy to noeviction",
    );
  });
});
