import { expect, it } from "vitest";
import { RestCatalog } from "../../catalog/rest/rest-catalog.ts";
import type { Table } from "../../table.ts";
import { loadTable } from "../../table.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { driversTable } from "../../testing/sample-commits.ts";
import { testTable } from "../../testing/test-table.ts";
import { createCatalogApp } from "../http/app.ts";
import { KnownMetadata } from "./known-metadata.ts";

const touch = async (table: Table, times: number): Promise<Table> => {
  let current = table;
  for (let i = 0; i < times; i++)
    current = await current
      .newTransaction()
      .setProperties({ i: String(i) })
      .commit();
  return current;
};

async function metadataFiles({ io, metadata }: Table): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { location } of io.list(metadata.location)) found.push(location);
  return found.filter((location) => location.endsWith(".metadata.json")).sort();
}

const inLog = ({ metadata, metadataLocation }: Table) =>
  [...metadata.metadataLog.map(({ metadataFile }) => metadataFile), metadataLocation].sort();

it("metadata files that the log has no room for stay, unless the table wants them deleted", async () => {
  const keeps = await testTable({ "write.metadata.previous-versions-max": "2" });
  expect(await metadataFiles(await touch(keeps.table, 5))).toHaveLength(6);
  const deletes = await testTable({
    "write.metadata.previous-versions-max": "2",
    "write.metadata.delete-after-commit.enabled": "true",
  });
  const touched = await touch(deletes.table, 5);
  expect(inLog(touched)).toHaveLength(3);
  expect(await metadataFiles(touched)).toEqual(inLog(touched));
  const fewer = await touched.newTransaction().setProperties({ "write.metadata.previous-versions-max": "1" }).commit();
  expect(await metadataFiles(fewer)).toEqual(inLog(fewer));
  expect(inLog(fewer)).toHaveLength(2);
});

it("a reader and a writer whose metadata file is deleted under them look again", async () => {
  const context = inMemoryContext();
  const others = await RestCatalog.connect({ uri: "http://a", fetch: async (r) => createCatalogApp(context).fetch(r) });
  await others.createNamespace(["n"]);
  const identifier = { namespace: ["n"], name: "t" };
  const properties = {
    "write.metadata.previous-versions-max": "1",
    "write.metadata.delete-after-commit.enabled": "true",
  };
  await others.createTable(identifier, { ...driversTable, properties });
  let isOvertaken = false;
  const overtake = async (location: string) => {
    if (isOvertaken || !location.endsWith(".metadata.json")) return;
    isOvertaken = true;
    await touch(await loadTable(others, identifier, context.io), 3);
  };
  const io = {
    ...context.io,
    read: async (location: string) => {
      await overtake(location);
      return context.io.read(location);
    },
    exists: async (location: string) => {
      await overtake(location);
      return context.io.exists(location);
    },
  };
  const app = createCatalogApp({ ...context, io, known: new KnownMetadata() });
  const connect = () => RestCatalog.connect({ uri: "http://b", fetch: async (r) => app.fetch(r) });
  const catalog = await connect();
  const table = await loadTable(catalog, identifier, context.io);
  expect(table.metadata.properties["i"]).toBe("2");
  isOvertaken = false;
  const committed = await table.newTransaction().setProperties({ mine: "yes" }).commit();
  expect(committed.metadata.properties["mine"]).toBe("yes");
  expect(isOvertaken).toBe(true);
  const gone = await others.loadTable(identifier);
  await context.io.delete(gone.metadataLocation);
  await expect((await connect()).loadTable(identifier)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
});
