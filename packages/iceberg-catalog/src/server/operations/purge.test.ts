import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RestCatalog } from "../../catalog/rest/rest-catalog.ts";
import { localFileIO, localPath } from "../../io/local.ts";
import { specId } from "../../spec/ids.ts";
import type { DataFile, FileContent } from "../../spec/manifest.ts";
import { createTable, type Table } from "../../table.ts";
import { commitSnapshot } from "../../testing/commit-snapshot.ts";
import { driversTable } from "../../testing/sample-commits.ts";
import { TestEnvironment } from "../../testing/test-environment.ts";
import { type EmbeddedCatalog, openEmbeddedCatalog } from "../open-embedded-catalog.ts";

const identifier = { namespace: ["n"], name: "t" };

let folder: string;
let embedded: EmbeddedCatalog;
let catalog: RestCatalog;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "icecore-purge-"));
  embedded = await openEmbeddedCatalog({ path: folder });
  catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: embedded.fetch });
  await catalog.createNamespace(["n"]);
});
afterEach(async () => {
  await embedded.close();
  await rm(folder, { recursive: true });
});

/** What is left in the warehouse. */
async function files(): Promise<readonly string[]> {
  const entries = await readdir(localPath(embedded.warehouse) ?? "", { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function fileAt(location: string, content: FileContent = "data"): Promise<DataFile> {
  await localFileIO().write(location, Uint8Array.of(1));
  const sizes = { recordCount: 1n, fileSizeInBytes: 1n };
  return { content, filePath: location, fileFormat: "parquet", specId: specId(0), partition: [19723], ...sizes };
}

/** Two appends, deletes, an append on a branch of history that was rolled back, and a schema change. */
async function tableWithHistory(properties: Readonly<Record<string, string>> = {}): Promise<Table> {
  const environment = new TestEnvironment();
  const created = await createTable(catalog, identifier, { ...driversTable, properties }, localFileIO());
  const at = (name: string) => `${created.metadata.location}/data/${name}`;
  const append = async (table: Table, name: string) =>
    table
      .newTransaction()
      .fastAppend([await fileAt(at(name))])
      .commit();
  const second = await append(await append(created, "a"), "b");
  const deleted = await commitSnapshot(second, environment, "delete", [await fileAt(at("c"), "position-deletes")]);
  const abandoned = await append(deleted, "d");
  const parent = abandoned.currentSnapshot()?.parentSnapshotId;
  const rolledBack = await abandoned
    .newTransaction()
    .setCurrentSnapshot(parent ?? never())
    .commit();
  return rolledBack
    .newTransaction()
    .updateSchema((update) => update.addColumn("e", { kind: "int" }))
    .commit();
}

function never(): never {
  throw new Error("the table has no parent snapshot");
}

test("purging leaves no file of any snapshot, nor of the table's metadata", async () => {
  await tableWithHistory();
  const kinds = (await files()).map((name) => (name.length === 1 ? "data" : name.endsWith(".avro") ? "avro" : "json"));
  expect(
    Object.fromEntries(["data", "avro", "json"].map((kind) => [kind, kinds.filter((k) => k === kind).length])),
  ).toEqual({ data: 4, avro: 8, json: 7 });
  await catalog.dropTable(identifier, { purge: true });
  expect(await files()).toEqual([]);
});

test("files that may be shared are not purged", async () => {
  await tableWithHistory({ "gc.enabled": "false" });
  const before = await files();
  await catalog.dropTable(identifier, { purge: true });
  expect(await files()).toEqual(before);
});

test("dropping alone deletes no file", async () => {
  await tableWithHistory();
  const before = await files();
  await catalog.dropTable(identifier, { purge: false });
  expect(await files()).toEqual(before);
});

test("purging goes on past files that are gone, and leaves what is outside the warehouse alone", async () => {
  const table = await tableWithHistory();
  const outside = join(folder, "outside.parquet");
  await table
    .newTransaction()
    .fastAppend([await fileAt(`file://${outside}`)])
    .commit();
  const gone = table.metadata.snapshots[0]?.manifestList ?? never();
  await localFileIO().delete(gone);
  await catalog.dropTable(identifier, { purge: true });
  expect(await files()).toEqual([]);
  expect(await localFileIO().exists(outside)).toBe(true);
});
