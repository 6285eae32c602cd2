import { expect, it } from "vitest";
import { RestCatalog } from "../../catalog/rest/rest-catalog.ts";
import { encodeMetadataFile } from "../../spec/table-metadata-file.ts";
import { inMemoryContext } from "../../testing/in-memory-context.ts";
import { appendCommit, driversTable } from "../../testing/sample-commits.ts";
import { createCatalogApp } from "../http/app.ts";

const identifier = { namespace: ["n"], name: "t" };

async function openTable() {
  const context = inMemoryContext();
  const app = createCatalogApp(context);
  const connect = () => RestCatalog.connect({ uri: "http://a", fetch: async (request) => app.fetch(request) });
  const catalog = await connect();
  await catalog.createNamespace(["n"]);
  return { context, connect, catalog, created: await catalog.createTable(identifier, driversTable) };
}

it("knows what is in the current file, as it would be read, and no longer what was in others", async () => {
  const { context, catalog, created } = await openTable();
  const one = await catalog.updateTable(identifier, appendCommit(created.metadata, 1n));
  const two = await catalog.updateTable(identifier, appendCommit(one.metadata, 2n));
  const { known } = context;
  expect(known.find(two.metadataLocation)).toEqual(two.metadata);
  expect([created, one].map(({ metadataLocation }) => known.find(metadataLocation))).toEqual([undefined, undefined]);
  const refused = catalog.updateTable(identifier, appendCommit(one.metadata, 3n));
  await expect(refused).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
  expect(known.find(two.metadataLocation)).toEqual(two.metadata);
  await catalog.dropTable(identifier);
  expect(known.find(two.metadataLocation)).toBeUndefined();
});

it("reads a file that was registered each time: others may write it again", async () => {
  const { context, connect, created } = await openTable();
  const location = "memory://warehouse/n/t/metadata/v1.metadata.json";
  const foreign = { namespace: ["n"], name: "foreign" };
  for (const name of ["first", "second"]) {
    const metadata = { ...created.metadata, location: "memory://warehouse/n/f", properties: { name } };
    await context.io.delete(location);
    await context.io.write(location, encodeMetadataFile(metadata));
    const catalog = await connect();
    await catalog.registerTable(foreign, location);
    expect((await (await connect()).loadTable(foreign)).metadata.properties).toEqual({ name });
    await catalog.dropTable(foreign);
  }
});
