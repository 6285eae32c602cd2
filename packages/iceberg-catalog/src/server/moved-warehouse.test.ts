import { cp, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import { localFileIO } from "../io/local.ts";
import { planOrphanFiles } from "../maintenance/remove-orphan-files.ts";
import { timestampMs } from "../spec/ids.ts";
import { createTable, loadTable, type Table } from "../table.ts";
import { driversTable } from "../testing/sample-commits.ts";
import { dataFile } from "../testing/test-table.ts";
import { openEmbeddedCatalog } from "./open-embedded-catalog.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "icecore moved-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function opened<T>(folder: string, use: (open: Opened) => Promise<T>): Promise<T> {
  const embedded = await openEmbeddedCatalog({ path: join(home, folder) });
  try {
    const catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
    const id = (name: string) => ({ namespace: ["n"], name });
    return await use({
      catalog,
      create: (name) => createTable(catalog, id(name), driversTable, embedded.io),
      load: (name) => loadTable(catalog, id(name), embedded.io),
      move: (from, to) => catalog.renameTable(id(from), id(to)),
    });
  } finally {
    await embedded.close();
  }
}

interface Opened {
  readonly catalog: RestCatalog;
  readonly create: (name: string) => Promise<Table>;
  readonly load: (name: string) => Promise<Table>;
  readonly move: (from: string, to: string) => Promise<void>;
}

const commit = (table: Table, value: string) => table.newTransaction().setProperties({ value }).commit();
const files = async (folder: string) => (await readdir(join(home, folder), { recursive: true })).sort();

test("tables are where the warehouse is, after every move, and nothing happens where it was", async () => {
  await opened("a", async ({ catalog, create }) => {
    await catalog.createNamespace(["n"]);
    await commit(await create("t"), "a");
  });
  await cp(join(home, "a"), join(home, "b"), { recursive: true });
  const before = await files("a");
  await opened("b", async ({ create, load }) => {
    await commit(await load("t"), "b");
    await commit(await create("made in b"), "b");
  });
  expect(await files("a")).toEqual(before);
  await opened("a", async ({ load }) => expect((await load("t")).metadata.properties["value"]).toBe("a"));
  await rename(join(home, "b"), join(home, "c"));
  await opened("c", async ({ load }) => {
    for (const name of ["t", "made in b"]) {
      const table = await commit(await load(name), "c");
      const there = await planOrphanFiles(table, { olderThan: timestampMs(2e12) });
      expect(there.files).toEqual([]);
    }
    expect((await load("t")).metadata.location).toBe(`file://${home}/a/warehouse/n/t`);
    expect((await load("made in b")).metadata.location).toBe(`file://${home}/b/warehouse/n/made_in_b`);
  });
  expect(await readdir(home)).toEqual(["a", "c"]);
});

test("no table gets the folder that another has from before the move", async () => {
  await opened("a", async ({ catalog, create, move }) => {
    await catalog.createNamespace(["n"]);
    await create("t");
    await move("t", "u");
  });
  await rename(join(home, "a"), join(home, "b"));
  await opened("b", async ({ catalog, create }) => {
    const { location } = (await create("t")).metadata;
    expect(location).toMatch(/b\/warehouse\/n\/t-/);
    const taken = { ...driversTable, location: `file://${home}/b/warehouse/n/t` };
    await expect(catalog.createTable({ namespace: ["n"], name: "v" }, taken)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("n.u is there"),
    });
  });
});

test("a warehouse is not opened inside a folder that it was", async () => {
  await opened("a", async ({ catalog }) => catalog.createNamespace(["n"]));
  await cp(join(home, "a"), join(home, "copy"), { recursive: true });
  await rename(join(home, "copy"), join(home, "a/warehouse/b"));
  await expect(opened("a/warehouse/b", async () => {})).rejects.toThrow("one of the two is in the other");
});

test("a commit of files that were written where the warehouse was is refused", async () => {
  await opened("a", async ({ catalog, create }) => {
    await catalog.createNamespace(["n"]);
    await create("t");
  });
  await rename(join(home, "a"), join(home, "b"));
  await opened("b", async ({ catalog, load }) => {
    const table = await load("t");
    const unaware = await loadTable(catalog, table.identifier, localFileIO());
    const file = { ...dataFile("f", null), filePath: `${table.metadata.location}/data/f.parquet` };
    await expect(unaware.newTransaction().append([file]).commit()).rejects.toMatchObject({
      message: expect.stringContaining("written where it was before"),
    });
    const appended = await table.newTransaction().append([file]).commit();
    expect((await load("t")).currentSnapshot()).toEqual(appended.currentSnapshot());
  });
});
