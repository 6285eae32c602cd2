import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import { encodeMetadataFile } from "../spec/table-metadata-file.ts";
import { driversTable } from "../testing/sample-commits.ts";
import { type EmbeddedCatalog, openEmbeddedCatalog } from "./open-embedded-catalog.ts";

const identifier = { namespace: ["n"], name: "t" };
const forbidden = { code: "FORBIDDEN", message: expect.stringContaining("is outside the warehouse") };

let folder: string;
let embedded: EmbeddedCatalog;
let catalog: RestCatalog;
const connect = (to: EmbeddedCatalog) => RestCatalog.connect({ uri: "http://embedded", fetch: to.fetch });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "icecore-confinement-"));
  embedded = await openEmbeddedCatalog({ path: join(folder, "catalog") });
  catalog = await connect(embedded);
  await catalog.createNamespace(["n"]);
});
afterEach(async () => {
  await embedded.close();
  expect(await readdir(folder)).toEqual(["catalog"]);
  await rm(folder, { recursive: true });
});

test("a table cannot be created outside the warehouse", async () => {
  for (const location of [`file://${folder}/out`, `${embedded.warehouse}/../../out`, `${folder}/out`]) {
    await expect(catalog.createTable(identifier, { ...driversTable, location })).rejects.toMatchObject(forbidden);
  }
  const properties = { "write.metadata.path": `file://${folder}/out` };
  await expect(catalog.createTable(identifier, { ...driversTable, properties })).rejects.toMatchObject(forbidden);
});

test("a table cannot be staged outside the warehouse", async () => {
  const location = `file://${folder}/out`;
  await expect(catalog.stageTable(identifier, { ...driversTable, location })).rejects.toMatchObject(forbidden);
});

test("a table whose files are outside the warehouse cannot be registered by a metadata file inside it", async () => {
  const { metadata } = await catalog.createTable(identifier, driversTable);
  const outside = { location: `file://${folder}/out` };
  const metadataOutside = { properties: { "write.metadata.path": `file://${folder}/out` } };
  for (const change of [outside, metadataOutside]) {
    const file = "catalog/warehouse/foreign.metadata.json";
    await writeFile(join(folder, file), encodeMetadataFile({ ...metadata, ...change }));
    const registering = catalog.registerTable({ ...identifier, name: "r" }, `file://${folder}/${file}`);
    await expect(registering).rejects.toMatchObject(forbidden);
  }
  expect(await catalog.listTables(["n"])).toEqual([identifier]);
});

test("a table cannot be moved outside the warehouse", async () => {
  const { metadataLocation } = await catalog.createTable(identifier, driversTable);
  const location = `file://${folder}/out`;
  for (const update of [
    { action: "set-location", location } as const,
    { action: "set-properties", updates: { "write.metadata.path": location } } as const,
  ]) {
    const commit = { requirements: [], updates: [update] };
    await expect(catalog.updateTable(identifier, commit)).rejects.toMatchObject(forbidden);
  }
  expect((await catalog.loadTable(identifier)).metadataLocation).toBe(metadataLocation);
});

test.each(["\0", "x".repeat(300), "y/".repeat(3000), "a\nb", "\ud800", "%00", " "])(
  "a location that ends in %.9j is one, or is refused",
  async (ending) => {
    const location = `${embedded.warehouse}/t${ending}`;
    const { metadata } = await catalog.createTable(identifier, driversTable);
    const updates = [{ action: "set-location", location } as const];
    const outcomes = await Promise.allSettled([
      catalog.createTable({ namespace: ["n"], name: "u" }, { ...driversTable, location }),
      catalog.registerTable({ namespace: ["n"], name: "r" }, `${location}/0.metadata.json`),
      catalog.updateTable(identifier, { requirements: [], updates }),
    ]);
    const codes = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
    expect(["INVALID_ARGUMENT", "FORBIDDEN", "FILE_NOT_FOUND"]).toEqual(expect.arrayContaining(codes));
    expect((await catalog.loadTable(identifier)).metadata.tableUuid).toBe(metadata.tableUuid);
  },
);

test("what is no metadata file cannot be registered", async () => {
  await writeFile(join(folder, "catalog/warehouse/data.parquet"), "PAR1");
  for (const location of [`${embedded.warehouse}/data.parquet`, `${embedded.warehouse}/`, embedded.warehouse]) {
    await expect(catalog.registerTable(identifier, location)).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_ARGUMENT|FORBIDDEN/),
    });
  }
});

test("a table outside the warehouse cannot be registered, unless the catalog is opened with another one", async () => {
  const elsewhere = await openEmbeddedCatalog({ path: join(folder, "catalog/elsewhere") });
  const other = await connect(elsewhere);
  await other.createNamespace(["n"]);
  const { metadataLocation } = await other.createTable(identifier, driversTable);
  await elsewhere.close();

  await expect(catalog.registerTable(identifier, metadataLocation)).rejects.toMatchObject(forbidden);
  await expect(catalog.registerTable(identifier, "file:///etc/passwd")).rejects.toMatchObject(forbidden);
  const warehouse = join(folder, "catalog/elsewhere/warehouse");
  const third = await openEmbeddedCatalog({ path: join(folder, "catalog/third"), warehouse });
  const successor = await connect(third);
  await successor.createNamespace(["n"]);
  expect(await successor.registerTable(identifier, metadataLocation)).toMatchObject({ metadataLocation });
  await third.close();
});
