import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { snapshotId } from "@icecore/iceberg-catalog";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readTrips, writeTrips } from "../../testing/driver-rows.ts";
import { until } from "../../testing/start-cluster.ts";
import { findFreePort, startRedis, type TestRedis } from "../../testing/start-redis.ts";
import { startSentinel } from "../../testing/start-sentinel.ts";
import { driverStats } from "../../testing/views.ts";
import { openRedisStore } from "./redis-online-store.ts";

const project = "p";

describe("sentinels", () => {
  it("are asked who is master, again when that has changed", async () => {
    await using sentinel = await startSentinel(inject("redisServer"));
    const { connectionString } = sentinel;
    const options = { connectionString, redisType: "redis_sentinel", project } as const;
    await using store = await openRedisStore({ ...options, sentinelMaster: "main" });
    const run = await store.beginRun(driverStats);
    await writeTrips(store, [1n, 1n, null, 1n]);
    // Failing over at once would be a failover without the row.
    await until(async () => (await storeOf(sentinel.replica, (replica) => readTrips(replica, 1n))).trips?.[0] === 1n);
    await sentinel.master.kill();
    await until(async () =>
      writeTrips(store, [2n, 1n, null, 2n]).then(
        () => true,
        () => false,
      ),
    );
    expect(await readTrips(store, 1n, 2n)).toMatchObject({ trips: [1n, 2n] });
    await expect(run.finish(snapshotId(1n))).rejects.toMatchObject({ code: "RUN_LOST" });
    await expect(openRedisStore({ ...options, sentinelMaster: "other" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining('no master named "other"'),
    });
  });
});

describe("a Redis with TLS", () => {
  let folder: string;
  let server: TestRedis;
  let port: number;
  const path = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "icecore-tls-"));
    const openssl = (...args: string[]) => promisify(execFile)("openssl", args);
    const request = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
    ];
    for (const name of ["server", "other"]) {
      const files = ["-keyout", path(`${name}.key`), "-out", path(`${name}.crt`)];
      await openssl(...request, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", ...files);
    }
    port = await findFreePort();
    const files = ["--tls-cert-file", path("server.crt"), "--tls-key-file", path("server.key")];
    const trust = ["--tls-ca-cert-file", path("server.crt"), "--tls-auth-clients", "yes"];
    server = await startRedis(inject("redisServer"), ["--tls-port", String(port), ...files, ...trust]);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const open = (host: string, ...settings: string[]) =>
    openRedisStore({ connectionString: [`${host}:${port}`, "ssl=true", ...settings].join(","), project });
  const ca = () => `ssl_ca_certs=${path("server.crt")}`;
  const client = () => [`ssl_certfile=${path("server.crt")}`, `ssl_keyfile=${path("server.key")}`];

  it("is trusted by its certificate, and trusts ours", async () => {
    await using store = await open("localhost", ca(), ...client());
    await writeTrips(store, [1n, 1n, null, 1n]);
    expect(await readTrips(store, 1n)).toMatchObject({ trips: [1n] });
  });

  it.each([
    ["somebody else's certificate", "localhost", () => [`ssl_ca_certs=${path("other.crt")}`, ...client()]],
    ["no certificate to trust", "localhost", client],
    ["another host's certificate", "127.0.0.1", () => [ca(), ...client()]],
    ["none of ours", "localhost", () => [ca()]],
  ])("is refused, or refuses: %s", async (_, host, settings) => {
    await expect(open(host, ...settings())).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it("may be a sentinel, which has a password of its own", async () => {
    const tlsPort = await findFreePort();
    const files = [`tls-cert-file ${path("server.crt")}`, `tls-key-file ${path("server.key")}`];
    const trust = [`tls-ca-cert-file ${path("server.crt")}`, "tls-auth-clients no"];
    const settings = [`tls-port ${tlsPort}`, ...files, ...trust, "requirepass secret"];
    await using sentinel = await startSentinel(inject("redisServer"), settings);
    const connect = async (...more: string[]) => {
      const connectionString = [`localhost:${tlsPort}`, "sentinel_ssl=true", ca(), ...more].join(",");
      await using store = await openRedisStore({
        connectionString,
        redisType: "redis_sentinel",
        sentinelMaster: "main",
        project,
      });
      await writeTrips(store, [1n, 1n, null, 1n]);
    };
    await expect(connect()).rejects.toMatchObject({
      code: "STORE_FORBIDDEN",
      message: expect.stringContaining("sentinel_password"),
    });
    await connect("sentinel_password=secret");
    expect((await storeOf(sentinel.master, (store) => readTrips(store, 1n))).trips).toEqual([1n]);
  });

  it("is not asked who it is when the connection string says so", async () => {
    await using unchecked = await open("127.0.0.1", "ssl_cert_reqs=none", ...client());
    await unchecked.ping();
    await using anywhere = await open("127.0.0.1", ca(), "ssl_check_hostname=false", ...client());
    await anywhere.ping();
  });
});

describe("a user of Redis", () => {
  it("gets in with name and password, and may do what the ACL lets it", async () => {
    const rules = ["on", ">secret", "~*", "+@all", "-@dangerous", "+info"];
    await using server = await startRedis(inject("redisServer"), ["--user", "feast", ...rules]);
    const connectionString = `${server.connectionString},username=feast,password=secret`;
    await using store = await openRedisStore({ connectionString, project });
    const run = await store.beginRun(driverStats);
    await run.finish(snapshotId(1n));
    expect(await store.loadWatermark(driverStats)).toEqual({ snapshotId: 1n });
    await expect(openRedisStore({ connectionString: `${connectionString}2`, project })).rejects.toMatchObject({
      code: "STORE_FORBIDDEN",
    });
  });
});

async function storeOf<T>(server: TestRedis, use: (store: Awaited<ReturnType<typeof openRedisStore>>) => Promise<T>) {
  await using store = await openRedisStore({ connectionString: server.connectionString, project });
  return await use(store);
}
