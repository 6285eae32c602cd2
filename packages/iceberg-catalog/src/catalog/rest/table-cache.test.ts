import { beforeEach, describe, expect, test } from "vitest";
import { createCatalogApp } from "../../server/http/app.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { appendCommit, driversTable } from "../../testing/sample-commits.ts";
import type { LoadedTable } from "../catalog.ts";
import { RestCatalog } from "./rest-catalog.ts";
import { TableCache } from "./table-cache.ts";

const identifier = { namespace: ["n"], name: "t" };

describe("a table that was loaded before", () => {
  let app: ReturnType<typeof createCatalogApp>;
  /** What the catalog answers to loads besides the metadata. */
  let config: string;
  let loads: { readonly url: string; readonly tag: string | null; readonly status: number }[];
  beforeEach(() => {
    app = createCatalogApp(inMemoryContext());
    loads = [];
    config = "{}";
  });
  const connect = (properties = {}) =>
    RestCatalog.connect({
      uri: "http://c",
      properties,
      fetch: async (request) => {
        const response = await app.fetch(request);
        if (request.method === "GET" && request.url.includes("/tables/")) {
          loads.push({ url: request.url, tag: request.headers.get("if-none-match"), status: response.status });
          const body = (await response.text()).replace('"config":{}', `"config":${config}`);
          return new Response(response.status === 304 ? null : body, response);
        }
        return response;
      },
    });
  const withTable = async (properties = {}) => {
    const catalog = await connect(properties);
    await catalog.createNamespace(["n"]);
    await catalog.createTable(identifier, driversTable);
    return catalog;
  };
  const statuses = () => loads.splice(0).map(({ status }) => status);

  test("is not loaded again until it has changed", async () => {
    const catalog = await withTable();
    const first = await catalog.loadTable(identifier);
    expect(await catalog.loadTable(identifier)).toBe(first);
    expect(statuses(), "what creation answered is known too").toEqual([304, 304]);
    const other = await connect();
    const { metadata } = await other.updateTable(identifier, appendCommit(first.metadata, 1n));
    expect((await catalog.loadTable(identifier)).metadata).toEqual(metadata);
    expect(statuses()).toEqual([200]);
  });

  test("is known as a commit of one's own has left it", async () => {
    const catalog = await withTable();
    const other = await connect();
    const committed = await other.updateTable(
      identifier,
      appendCommit((await other.loadTable(identifier)).metadata, 1n),
    );
    statuses();
    expect(await other.loadTable(identifier)).toEqual({ ...committed, config: {} });
    expect(statuses()).toEqual([304]);
    await catalog.updateTable(identifier, appendCommit(committed.metadata, 2n));
    expect((await other.loadTable(identifier)).metadata.snapshots).toHaveLength(2);
    expect(statuses()).toEqual([200]);
  });

  test("is asked for after a commit where the catalog says how its files are reached, which the commit may change", async () => {
    await withTable();
    config = `{"s3.region":"eu-central-1"}`;
    const other = await connect();
    await other.updateTable(identifier, appendCommit((await other.loadTable(identifier)).metadata, 1n));
    config = `{"s3.region":"eu-west-1"}`;
    statuses();
    expect((await other.loadTable(identifier)).config).toEqual({ "s3.region": "eu-west-1" });
    expect(statuses()).toEqual([200]);
  });

  test("is asked for after a commit of who had not loaded it, and does not know that", async () => {
    const { metadata } = await (await withTable()).loadTable(identifier);
    const other = await connect();
    await other.updateTable(identifier, appendCommit(metadata, 1n));
    statuses();
    await other.loadTable(identifier);
    expect(statuses()).toEqual([200]);
  });

  test("is another one with the snapshots of its refs only", async () => {
    const catalog = await withTable();
    const one = await catalog.updateTable(identifier, appendCommit((await catalog.loadTable(identifier)).metadata, 1n));
    await catalog.updateTable(identifier, appendCommit(one.metadata, 2n));
    loads = [];
    expect((await catalog.loadTable(identifier)).metadata.snapshots).toHaveLength(2);
    const refs = await catalog.loadTable(identifier, { snapshots: "refs" });
    expect(refs.metadata.snapshots.map(({ snapshotId }) => snapshotId)).toEqual([2n]);
    expect(await catalog.loadTable(identifier, { snapshots: "refs" })).toBe(refs);
    expect(loads.map(({ url, status }) => [new URL(url).search, status])).toEqual([
      ["", 304],
      ["?snapshots=refs", 200],
      ["?snapshots=refs", 304],
    ]);
  });

  test("is loaded as the catalog's properties say where nobody says it", async () => {
    const catalog = await withTable({ "snapshot-loading-mode": "REFS" });
    expect((await catalog.loadTable(identifier)).metadata.hasSnapshotsOfRefsOnly).toBe(true);
    expect((await catalog.loadTable(identifier, { snapshots: "all" })).metadata.hasSnapshotsOfRefsOnly).toBeUndefined();
    expect(loads.map(({ url }) => new URL(url).search)).toEqual(["?snapshots=refs", ""]);
  });

  test("is forgotten when it is dropped or renamed", async () => {
    const catalog = await withTable();
    await catalog.renameTable(identifier, { ...identifier, name: "u" });
    await expect(catalog.loadTable(identifier)).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await catalog.dropTable({ ...identifier, name: "u" });
    await catalog.createTable({ ...identifier, name: "u" }, driversTable);
    expect(loads.at(-1)?.tag).toBeNull();
  });

  test("is loaded each time where nothing shall be kept", async () => {
    const catalog = await withTable({ "rest-table-cache.max-entries": "0" });
    await catalog.loadTable(identifier);
    await catalog.loadTable(identifier);
    expect(loads.map(({ tag }) => tag)).toEqual([null, null]);
  });
});

describe("a copy", () => {
  const table = (n: number) => ({ namespace: ["n"], name: `t${n}` });
  const loaded = (credentials: LoadedTable["storageCredentials"] = []): LoadedTable =>
    ({ config: {}, storageCredentials: credentials }) as unknown as LoadedTable;
  const vended = (config: Record<string, string>) =>
    loaded([{ prefix: "s3://", config: { "s3.session-token": "t", ...config } }]);

  test("makes way for others when there are too many, the oldest first", () => {
    const cache = new TableCache(2, () => 0);
    for (const n of [1, 2, 1, 3]) cache.put(table(n), "all", { etag: `${n}`, loaded: loaded() });
    expect([1, 2, 3].map((n) => cache.find(table(n), "all")?.etag)).toEqual(["1", undefined, "3"]);
  });

  test("is not used when its credentials end soon, or nobody knows when: not modified brings no new ones", () => {
    let now = 0;
    const cache = new TableCache(9, () => now);
    cache.put(table(1), "all", { etag: "1", loaded: vended({ "s3.session-token-expires-at-ms": "3600000" }) });
    cache.put(table(2), "all", { etag: "2", loaded: vended({}) });
    expect(cache.find(table(1), "all")?.etag).toBe("1");
    expect(cache.find(table(2), "all")).toBeUndefined();
    now = 2_700_000;
    expect(cache.find(table(1), "all")).toBeUndefined();
  });
});
