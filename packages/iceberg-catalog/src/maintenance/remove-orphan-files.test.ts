import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import type { ListedFile } from "../io/file-io.ts";
import { localFileIO } from "../io/local.ts";
import { openEmbeddedCatalog } from "../server/open-embedded-catalog.ts";
import { fieldId, schemaId, timestampMs } from "../spec/ids.ts";
import { encodeMetadataFile } from "../spec/table-metadata-file.ts";
import { createTable, Table } from "../table.ts";
import { dataFile, testTable } from "../testing/test-table.ts";
import { orphansAmong, ReachableLocations } from "./plan-orphan-files.ts";
import { planOrphanFiles, removeOrphanFiles } from "./remove-orphan-files.ts";
import { fileKey } from "./same-file.ts";

const listed = (location: string, lastModifiedMs = 0): ListedFile => ({ location, size: 1, lastModifiedMs });

function reachable(...locations: string[]): ReachableLocations {
  const all = new ReachableLocations();
  for (const location of locations) all.add(location);
  return all;
}

describe("orphans among listed files", () => {
  it("are those that nothing needs and that are old enough", () => {
    const files = [listed("s3://b/t/a"), listed("s3://b/t/b"), listed("s3://b/t/c", 10)];
    expect(orphansAmong(files, reachable("s3://b/t/a"), 10)).toEqual([files[1]]);
  });

  it.each([
    ["s3a://b/t/a", "s3://b/t/a"],
    ["s3n://b/t/a", "s3a://b/t/a"],
    ["file:///t/a", "/t/a"],
    ["file:/t/a", "file:///t//a"],
  ])("%s is the same file as %s", (one, other) => {
    expect(fileKey(one)).toBe(fileKey(other));
    expect(orphansAmong([listed(one)], reachable(other), 10)).toEqual([]);
  });

  it.each([
    ["s3://b/t/a%20", "s3://b/t/a "],
    ["s3://b/t//a", "s3://b/t/a"],
    ["s3://b/t/A", "s3://b/t/a"],
    ["file:///t/%61", "file:///t/a"],
  ])("%s is another file than %s", (one, other) => {
    expect(orphansAmong([listed(one)], reachable(other), 10)).toHaveLength(1);
  });

  it.each([
    ["s3://b/t/a", "s3://other/t/a"],
    ["s3://b/t/a", "gs://b/t/a"],
    ["memory://b/t/a", "file:///t/a"],
  ])("%s may be %s by another way, which is for people to decide", (one, other) => {
    expect(() => orphansAmong([listed(one)], reachable(other), 10)).toThrow(
      expect.objectContaining({ code: "VALIDATION_FAILED" }),
    );
  });
});

describe("removing orphan files", () => {
  let folder: string;
  let table: Table;
  let close: () => Promise<void>;
  const clock = { now: () => timestampMs(Date.now()) };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "icecore-orphans-"));
    const embedded = await openEmbeddedCatalog({ path: folder });
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
    await catalog.createNamespace(["n"]);
    const fields = [{ id: fieldId(1), name: "id", required: false, type: { kind: "long" } as const }];
    const schema = { schemaId: schemaId(0), identifierFieldIds: [], fields };
    table = await createTable(catalog, { namespace: ["n"], name: "t" }, { schema }, localFileIO());
    close = () => embedded.close();
  });
  afterEach(async () => {
    await close();
    await rm(folder, { recursive: true });
  });

  /** Writes a real file of the table's folder. */
  async function file(name: string) {
    const location = `${table.metadata.location}/data/${name}.parquet`;
    await table.io.write(location, new Uint8Array(7));
    return { ...dataFile(name, "A"), filePath: location, partition: [] };
  }

  async function everything(): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { location } of table.io.list(table.metadata.location)) found.push(location);
    return found.sort();
  }

  async function age(days: number): Promise<void> {
    const then = new Date(Date.now() - days * 86_400_000);
    for (const location of await everything()) await utimes(location.replace("file://", ""), then, then);
  }

  it("takes leftovers alone: every file of every snapshot, ref, statistics and metadata log stays", async () => {
    const [a, b, staged, branch] = [await file("a"), await file("b"), await file("staged"), await file("branch")];
    table = await table.newTransaction().fastAppend([a]).commit();
    table = await table
      .newTransaction()
      .changeFiles({ added: [b], removed: { files: [a] } })
      .commit();
    table = await table.newTransaction().fastAppend([staged], { wapId: "w" }).commit();
    table = await table.newTransaction().fastAppend([branch], { branch: "audit" }).commit();
    const statistics = `${table.metadata.location}/metadata/s.puffin`;
    await table.io.write(statistics, new Uint8Array(3));
    const file1 = {
      "snapshot-id": table.currentSnapshot()?.snapshotId as bigint,
      "statistics-path": statistics,
      "file-size-in-bytes": 3n,
      "file-footer-size-in-bytes": 1n,
      "blob-metadata": [],
    };
    table = table.at(
      await table.catalog.updateTable(table.identifier, {
        requirements: [],
        updates: [{ action: "set-statistics", statistics: file1 }],
      }),
    );
    const needed = await everything();
    const orphans = [await file("orphan"), await file("p=a%2Fb/deep")].map(({ filePath }) => filePath).sort();
    await age(4);
    const plan = await planOrphanFiles(table);
    expect(plan.files.map(({ location }) => location).sort()).toEqual(orphans);
    expect(await everything()).toHaveLength(needed.length + 2);
    const removal = await removeOrphanFiles(table, plan);
    expect([...removal.deleted].sort()).toEqual(orphans);
    expect([removal.kept, removal.failed]).toEqual([[], []]);
    expect(await everything()).toEqual(needed);
    expect((await planOrphanFiles(table)).files).toEqual([]);
    expect(table.metadata.metadataLog.length).toBeGreaterThan(3);
  });

  it("leaves young files: three days by itself, or as asked", async () => {
    await file("orphan");
    await age(2);
    expect((await planOrphanFiles(table)).files).toEqual([]);
    const dayAgo = timestampMs(clock.now() - 86_400_000);
    expect((await planOrphanFiles(table, { olderThan: dayAgo })).files).toHaveLength(1);
    const later = { now: () => timestampMs(clock.now() + 86_400_000 + 60_000) };
    expect((await planOrphanFiles(table, { environment: later })).files).toHaveLength(1);
  });

  it("keeps a file of the plan that the table has come to need, and knows what an old table does not", async () => {
    const late = await file("late");
    await file("orphan");
    await age(4);
    const before = table;
    const plan = await planOrphanFiles(before);
    expect(plan.files).toHaveLength(2);
    await table.newTransaction().fastAppend([late]).commit();
    const removal = await removeOrphanFiles(before, plan);
    expect(removal.kept).toEqual([late.filePath]);
    expect(removal.deleted).toHaveLength(1);
    expect((await planOrphanFiles(before)).files).toEqual([]);
  });

  it("goes on when a file cannot be deleted, and says so", async () => {
    await file("orphan");
    const stubborn = await file("stubborn");
    await age(4);
    const io = {
      ...table.io,
      delete: async (location: string) => {
        if (location === stubborn.filePath) throw new Error("no");
        await table.io.delete(location);
      },
    };
    const { catalog, identifier } = table;
    const loaded = await catalog.loadTable(identifier);
    const there = new Table(catalog, identifier, loaded, io);
    const removal = await removeOrphanFiles(there, await planOrphanFiles(there));
    expect(removal.failed.map(({ location }) => location)).toEqual([stubborn.filePath]);
    expect(removal.deleted).toHaveLength(1);
  });

  it("stops where another table's files are in the folder", async () => {
    await file("orphan");
    await table.io.write(`${table.metadata.location}/data/00000-own.metadata.json`, encodeMetadataFile(table.metadata));
    await table.io.write(`${table.metadata.location}/data/broken.metadata.json`, new Uint8Array(7));
    await age(4);
    expect((await planOrphanFiles(table)).files).toHaveLength(3);
    for (const name of ["00001-other.metadata.json", "00001-other.metadata.json.gz"]) {
      const other = { ...table.metadata, tableUuid: "0e3f6d0e-0f6d-4f6b-a9fd-2f8a8f9d1c11" };
      const location = `${table.metadata.location}/inside/metadata/${name}`;
      await table.io.write(location, encodeMetadataFile(other));
      await age(4);
      const before = await everything();
      await expect(planOrphanFiles(table)).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
        message: expect.stringContaining(`${location} is of another table`),
      });
      expect(await everything()).toEqual(before);
      await table.io.delete(location);
    }
  });

  it("deletes nothing where files may be shared, where it cannot see everything, and of another table", async () => {
    table = await table
      .newTransaction()
      .fastAppend([await file("a")])
      .commit();
    await file("orphan");
    await age(4);
    const plan = await planOrphanFiles(table);
    await expect(removeOrphanFiles(table, { ...plan, tableUuid: "other" })).rejects.toThrow("of another table");
    const manifest = (await readdir(`${table.metadata.location}/metadata`.replace("file://", ""))).find((name) =>
      name.endsWith("-m0.avro"),
    );
    const bytes = await table.io.read(`${table.metadata.location}/metadata/${manifest}`);
    await table.io.delete(`${table.metadata.location}/metadata/${manifest}`);
    await expect(planOrphanFiles(table)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(removeOrphanFiles(table, plan)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await table.io.write(`${table.metadata.location}/metadata/${manifest}`, bytes);
    await table.newTransaction().setProperties({ "gc.enabled": "false" }).commit();
    await expect(planOrphanFiles(table)).rejects.toThrow("gc.enabled is false");
    await expect(removeOrphanFiles(table, plan)).rejects.toThrow("gc.enabled is false");
  });
});

it("works in memory by the same clock", async () => {
  const { table } = await testTable();
  await table.io.write("memory://delays/data/orphan.parquet", new Uint8Array(1));
  const far = timestampMs(Number.MAX_SAFE_INTEGER);
  expect((await planOrphanFiles(table, { olderThan: far })).files).toHaveLength(1);
});
