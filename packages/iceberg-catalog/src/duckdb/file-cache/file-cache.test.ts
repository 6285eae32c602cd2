import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { equalTo } from "../../expr/predicate.ts";
import { memoryFileIO } from "../../io/memory.ts";
import { s3FileIO } from "../../io/s3.ts";
import { fieldId, schemaId } from "../../spec/ids.ts";
import type { DataFile } from "../../spec/manifest.ts";
import { createTable, type Table } from "../../table.ts";
import { openFaultyCatalog } from "../../testing/faulty-catalog.ts";
import { refusal } from "../../testing/s3-answers.ts";
import { type S3Server, serveS3 } from "../../testing/s3-server.ts";
import { TestEnvironment } from "../../testing/test-environment.ts";
import { readChanges } from "../changelog/read-changes.ts";
import { rewriteDataFiles } from "../compaction/rewrite-data-files.ts";
import { Database } from "../database.ts";
import { appendRows } from "../operations/append-rows.ts";
import { deleteRows } from "../operations/delete-rows.ts";
import { overwriteRows } from "../operations/overwrite-rows.ts";
import { readRows, rowsSql } from "../operations/read-rows.ts";
import { upsertRows } from "../operations/upsert-rows.ts";
import { FileCache } from "./file-cache.ts";

let server: S3Server;
let directory: string;
let table: Table;
beforeEach(async () => {
  server = await serveS3();
  directory = await mkdtemp(join(tmpdir(), "icecore-cache-"));
  const io = s3FileIO(server.options);
  const { catalog } = await openFaultyCatalog(io, new TestEnvironment());
  await catalog.createNamespace(["lab"]);
  const schema = {
    schemaId: schemaId(0),
    identifierFieldIds: [],
    fields: [{ id: fieldId(1), name: "n", required: true, type: { kind: "long" } }],
  } as const;
  table = await createTable(catalog, { namespace: ["lab"], name: "t" }, { schema, location: "s3://bucket/lab/t" }, io);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const open = (maxBytes?: number) => Database.open({ fileCache: { directory, maxBytes } });

async function sum(database: Database): Promise<unknown> {
  await using session = await database.connect();
  return (await session.row(`SELECT sum(n)::BIGINT AS total FROM (${await rowsSql(session, table)})`))["total"];
}

const dataReads = () => server.requests.filter((request) => /^GET .*\.parquet$/.test(request)).length;

it("a table in S3 is written, changed and read, and a second look reads nothing remote", async () => {
  await using database = await open();
  {
    await using session = await database.connect();
    table = (await appendRows(session, table, { sql: "SELECT range AS n FROM range(100)" })).table;
    table = (await deleteRows(session, table, equalTo("n", 99), { mode: "merge-on-read" })).table;
  }
  expect(await sum(database)).toBe(4851n);
  const before = dataReads();
  expect(before).toBe(2);
  await using another = await open();
  expect(await Promise.all([sum(database), sum(another)])).toEqual([4851n, 4851n]);
  expect(dataReads()).toBe(before);
  expect(await readdir(join(directory, "leases"))).toEqual([]);
});

it("concurrent readers of a file copy it once", async () => {
  await using database = await open();
  {
    await using session = await database.connect();
    table = (await appendRows(session, table, { sql: "SELECT range AS n FROM range(10)" })).table;
  }
  expect(await Promise.all(Array.from({ length: 5 }, () => sum(database)))).toEqual(Array(5).fill(45n));
  expect(dataReads()).toBe(1);
});

it("copies give way to others beyond the cache's size, but stay readable while they are in use", async () => {
  await using database = await open(1);
  await using session = await database.connect();
  table = (await appendRows(session, table, { sql: "SELECT 1::BIGINT AS n" })).table;
  table = (await appendRows(session, table, { sql: "SELECT 2::BIGINT AS n" })).table;
  const sql = await rowsSql(session, table);
  expect(await readdir(join(directory, "files"))).toEqual([]);
  expect((await session.row(`SELECT sum(n)::BIGINT AS total FROM (${sql})`))["total"]).toBe(3n);
});

it("what an operation reads is given back when it is done, however long the session goes on", async () => {
  await using database = await open(1);
  await using session = await database.connect();
  const options = { mode: "merge-on-read" } as const;
  const leases = () => readdir(join(directory, "leases"));
  table = (await appendRows(session, table, { sql: "SELECT range AS n FROM range(10)" })).table;
  const before = table.currentSnapshot()?.snapshotId;
  table = (await deleteRows(session, table, equalTo("n", 1), options)).table;
  table = (await overwriteRows(session, table, equalTo("n", 2), { sql: "SELECT 20 AS n" })).table;
  table = (await upsertRows(session, table, { sql: "SELECT 30 AS n UNION SELECT 3" }, { ...options, on: ["n"] })).table;
  table = (await rewriteDataFiles(session, table, { rewriteAll: true })).table;
  await using rows = await readRows(session, table);
  await using changes = await readChanges(session, table, { ...(before && { from: before }) });
  expect([rows.rows, changes.rows]).toEqual([10n, 4n]);
  expect([await leases(), await readdir(join(directory, "files"))]).toEqual([[], []]);
  // Statements of one's own: as long as one says.
  {
    await using lease = session.leaseFiles();
    const sql = await rowsSql(session, table, {}, lease);
    expect(await leases()).toHaveLength(1);
    expect(await session.row(`SELECT count(*) AS n FROM (${sql})`)).toEqual({ n: 10n });
  }
  expect(await leases()).toEqual([]);
});

it("a copy that fails takes no name from another in the same lease", async () => {
  const cache = new FileCache({ directory });
  const io = memoryFileIO();
  const file = (name: string) => ({ filePath: `memory://${name}`, fileSizeInBytes: 1n }) as DataFile;
  for (const name of ["b", "c"]) await io.write(`memory://${name}`, Buffer.from(name));
  await using lease = cache.lease();
  const [missing, b] = await Promise.allSettled([lease.pathOf(io, file("a")), lease.pathOf(io, file("b"))]);
  expect(missing).toMatchObject({ status: "rejected", reason: { code: "FILE_NOT_FOUND" } });
  const paths = [b.status === "fulfilled" ? b.value : "", await lease.pathOf(io, file("c"))];
  expect(await Promise.all(paths.map((path) => readFile(path, "utf8")))).toEqual(["b", "c"]);
  expect(await lease.pathOf(io, file("c"))).toBe(paths[1]);
});

it("a copy is whole or not there: what breaks off is asked for again", async () => {
  await using database = await open();
  {
    await using session = await database.connect();
    table = (await appendRows(session, table, { sql: "SELECT range AS n FROM range(10)" })).table;
  }
  server.fault = ({ method, path }) =>
    method === "GET" && path.endsWith(".parquet") ? refusal(403, "AccessDenied") : undefined;
  await expect(sum(database)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await readdir(join(directory, "files"))).toEqual([]);
  server.fault = () => undefined;
  expect(await sum(database)).toBe(45n);
});

it("leases of processes that have ended are dropped, those of others stay", async () => {
  const { hostname } = await import("node:os");
  const host = hostname().replaceAll(/[^A-Za-z0-9.-]/g, "");
  // Process ids end well below this.
  for (const name of [`${host}_99999999_x`, "elsewhere_99999999_x"]) {
    await mkdir(join(directory, "leases", name), { recursive: true });
    await writeFile(join(directory, "leases", name, "0.parquet"), "");
  }
  await using database = await open();
  {
    await using session = await database.connect();
    table = (await appendRows(session, table, { sql: "SELECT 1::BIGINT AS n" })).table;
  }
  await sum(database);
  expect(await readdir(join(directory, "leases"))).toEqual(["elsewhere_99999999_x"]);
});
