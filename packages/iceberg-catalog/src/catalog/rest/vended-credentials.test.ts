import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readRowFile, writeRowFile } from "../../data/row-file.ts";
import { s3FileIO } from "../../io/s3.ts";
import { fieldId, schemaId } from "../../spec/ids.ts";
import { createTable, loadTable } from "../../table.ts";
import { type S3Server, serveS3 } from "../../testing/s3-server.ts";
import { type VendingCatalog, vendingCatalog } from "../../testing/vending-catalog.ts";
import type { LoadedTable, StorageCredential } from "../catalog.ts";
import { catalogFileIO } from "./catalog-file-io.ts";
import { RestCatalog } from "./rest-catalog.ts";
import { tableFileIO } from "./table-file-io.ts";

const identifier = { namespace: ["n"], name: "t" };
const fields = [{ id: fieldId(1), name: "id", required: true, type: { kind: "long" } }] as const;
const request = { schema: { schemaId: schemaId(0), identifierFieldIds: [], fields } };

/** That with which the catalog itself reaches S3. */
const catalogToken = "catalog";

let s3: S3Server;
let server: VendingCatalog;
beforeEach(async () => {
  s3 = await serveS3();
  const credentials = { ...s3.options.credentials, sessionToken: catalogToken };
  server = vendingCatalog(s3FileIO({ ...s3.options, credentials }), "s3://bucket/warehouse");
  server.config = { "s3.endpoint": s3.options.endpoint, "client.region": "test-1" };
  server.vend = (count) => [credential("s3://bucket", `token-${count}`)];
});
afterEach(async () => s3[Symbol.asyncDispose]());

const credential = (prefix: string, token: string, expiresAtMs?: number): StorageCredential => ({
  prefix,
  config: {
    "s3.access-key-id": s3.options.credentials.accessKeyId,
    "s3.secret-access-key": s3.options.credentials.secretAccessKey,
    "s3.session-token": token,
    ...(expiresAtMs !== undefined && { "s3.session-token-expires-at-ms": String(expiresAtMs) }),
  },
});

const connect = async (options = {}) => {
  const catalog = await RestCatalog.connect({ uri: "http://vending", fetch: server.fetch, ...options });
  await catalog.createNamespace(["n"]);
  return catalog;
};
const vending = () => connect({ accessDelegation: "vended-credentials" });

/** The session tokens that S3 has seen of others since it was asked last. */
const tokens = () => new Set(s3.sessionTokens.splice(0).filter((token) => token !== catalogToken));

describe("access is asked for", () => {
  const operations = async (catalog: RestCatalog) => {
    const { metadataLocation } = await catalog.createTable(identifier, request);
    await catalog.loadTable(identifier);
    await catalog.updateTable(identifier, { requirements: [], updates: [] });
    await catalog.dropTable(identifier);
    await catalog.registerTable({ namespace: ["n"], name: "r" }, metadataLocation);
    await catalog.tableExists(identifier);
  };

  test("when tables are created, loaded and registered", async () => {
    await operations(await vending());
    expect(server.delegated).toEqual([
      "POST /v1/namespaces/n/tables",
      "GET /v1/namespaces/n/tables/t",
      "POST /v1/namespaces/n/register",
    ]);
  });

  test("only by clients that were told to", async () => {
    await operations(await connect());
    expect(server.delegated).toEqual([]);
  });
});

test("a table's files are reached with what the catalog vends, without any credentials of the client's own", async () => {
  const catalog = await vending();
  const table = await createTable(catalog, identifier, request, catalogFileIO(catalog));
  const file = await writeRowFile(table, [{ id: 1n }], "1.parquet");
  expect(tokens()).toEqual(new Set(["token-1"]));
  await table.newTransaction().fastAppend([file]).commit();
  tokens();
  const read = await loadTable(catalog, identifier, catalogFileIO(catalog));
  expect(await readRowFile(read, file)).toEqual([{ id: 1n }]);
  expect(tokens()).toEqual(new Set(["token-2"]));
});

describe("the credential", () => {
  const loadedWith = async (credentials: readonly StorageCredential[], config = {}): Promise<LoadedTable> => {
    const loaded = await (await connect()).createTable(identifier, request);
    return {
      ...loaded,
      config: { "s3.endpoint": s3.options.endpoint ?? "", ...config },
      storageCredentials: credentials,
    };
  };

  test("is that of the longest prefix, by whatever name the scheme goes", async () => {
    const loaded = await loadedWith([
      credential("s3a://bucket/warehouse/", "as many letters"),
      credential("s3://bucket/warehouse/n", "long"),
      credential("s3://bucket", "short"),
      credential("s3", "shortest"),
    ]);
    const io = tableFileIO(loaded);
    for (const [location, token] of [
      ["s3://bucket/warehouse/n/f", "long"],
      ["s3n://bucket/warehouse/f", "as many letters"],
      ["s3n://bucket/ware", "short"],
      ["s3://other/f", "shortest"],
    ] as const) {
      await io.exists(location);
      expect(tokens()).toEqual(new Set([token]));
    }
  });

  test("may come in the table's config, and never mixes with the client's own", async () => {
    const { config } = credential("", "table");
    const properties = { "s3.access-key-id": "own", "s3.secret-access-key": "own", "s3.session-token": "own" };
    const loaded = await loadedWith([], config);
    await tableFileIO(loaded, { properties }).exists("s3://bucket/f");
    expect(tokens()).toEqual(new Set(["table"]));
    const { "s3.session-token": _, ...withoutToken } = config;
    const vended = { ...loaded, storageCredentials: [{ prefix: "s3://bucket", config: withoutToken }] };
    await tableFileIO(vended, { properties }).exists("s3://bucket/f");
    expect(tokens()).toEqual(new Set([undefined]));
  });

  test("may be the client's own alone", async () => {
    const { config } = credential("", "own");
    await tableFileIO(await loadedWith([]), { properties: config }).exists("s3://bucket/f");
    expect(tokens()).toEqual(new Set(["own"]));
  });

  test("is never told, whatever is wrong with it", async () => {
    const loaded = await loadedWith([]);
    const secret = "hush-hush";
    for (const config of [
      { "s3.secret-access-key": secret },
      { ...credential("", secret).config, "s3.session-token-expires-at-ms": secret },
      { ...credential("", secret).config, "s3.secret-access-key": secret },
    ]) {
      const table = { ...loaded, storageCredentials: [{ prefix: "s3://", config }] };
      const read = async () => tableFileIO(table, { renewCredentials: async () => [] }).read("s3://bucket/f");
      const error = await read().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ name: "IcebergError" });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
    }
  });
});

describe("credentials that expire", () => {
  const hour = 3_600_000;
  const open = async () => {
    const clock = { now: 0 };
    server.vend = (count) => [credential("s3://bucket", `token-${count}`, count * hour)];
    const catalog = await vending();
    const loaded = await catalog.createTable(identifier, request);
    const io = tableFileIO(loaded, {
      now: () => clock.now,
      renewCredentials: () => catalog.loadCredentials(identifier),
    });
    const readAtOnce = async () => {
      await Promise.all([1, 2, 3, 4].map(() => io.exists("s3://bucket/f")));
      return tokens();
    };
    return { clock, readAtOnce };
  };

  test.each([
    [true, "GET /v1/namespaces/n/tables/t/credentials"],
    [false, "GET /v1/namespaces/n/tables/t"],
  ])("are renewed a little before, once for all (operation for it: %s)", async (offered, operation) => {
    server.offersCredentials = offered;
    const { clock, readAtOnce } = await open();
    expect(await readAtOnce()).toEqual(new Set(["token-1"]));
    clock.now = hour - 300_001;
    expect(await readAtOnce()).toEqual(new Set(["token-1"]));
    clock.now = hour - 300_000;
    expect(await readAtOnce()).toEqual(new Set(["token-2"]));
    expect(server.vended).toBe(2);
    expect(server.delegated.at(-1)).toBe(operation);
  });

  test("are missed by those who need them when the catalog gives no more", async () => {
    const { clock, readAtOnce } = await open();
    server.vend = () => [];
    clock.now = hour;
    await expect(readAtOnce()).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

test.each([
  [400, "INVALID_ARGUMENT"],
  [403, "FORBIDDEN"],
])("a catalog that refuses to vend (%i) is said to, with what to do on either side", async (status, code) => {
  const message = "Credential vending was requested for table t, but no credentials are available";
  const catalog = await vending();
  server.vend = () => [];
  const refusing = await RestCatalog.connect({
    uri: "http://polaris",
    accessDelegation: "vended-credentials",
    fetch: async (asked) =>
      asked.headers.has("x-iceberg-access-delegation")
        ? Response.json({ error: { message, type: "BadRequestException", code: status } }, { status })
        : server.fetch(asked),
  });
  await catalog.createTable(identifier, request);
  await expect(refusing.loadTable(identifier)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/catalog's storage configuration.*without accessDelegation/),
  });
});

test("an answer whose secret is not text fails without telling it", async () => {
  const catalog = await vending();
  server.config = { "s3.secret-access-key": 123456789n };
  const error = await catalog.createTable(identifier, request).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "METADATA_INVALID", message: expect.stringContaining("s3.secret-access-key") });
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("123456789");
});
