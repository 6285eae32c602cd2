import { beforeEach, expect, test } from "vitest";
import { RestCatalog } from "../catalog/rest/rest-catalog.ts";
import { inMemoryContext } from "../testing/in-memory-context.ts";
import { creationCommit, driversTable } from "../testing/sample-commits.ts";
import { createCatalogApp } from "./http/app.ts";
import type { CatalogContext } from "./operations/context.ts";
import type { Entries } from "./store/catalog-store.ts";

let context: CatalogContext;
let catalog: RestCatalog;
beforeEach(async () => {
  context = inMemoryContext();
  const app = createCatalogApp(context);
  catalog = await RestCatalog.connect({ uri: "http://embedded", fetch: async (request) => app.fetch(request) });
  await catalog.createNamespace(["n"]);
});

const named = (name: string) => ({ namespace: ["n"], name });
const create = (name: string, location?: string) =>
  catalog.createTable(named(name), { ...driversTable, ...(location !== undefined && { location }) });
const refused = { code: "INVALID_ARGUMENT", message: expect.stringMatching(/n\.one is there, or in or around it/) };

const at = "memory://warehouse/a/b";

test.each([at, `${at}/`, `${at}/c/d`, "memory://warehouse/a", "memory://warehouse"])(
  "a table cannot be created, moved or registered at %s, where another is, or around or in it",
  async (location) => {
    await create("one", at);
    const two = await create("two");
    await expect(create("three", location)).rejects.toMatchObject(refused);
    const moved = { requirements: [], updates: [{ action: "set-location" as const, location }] };
    await expect(catalog.updateTable(named("two"), moved)).rejects.toMatchObject(refused);
    await expect(catalog.commitTransaction([{ identifier: named("two"), ...moved }])).rejects.toMatchObject(refused);
    const created = creationCommit({ ...two.metadata, location: location.replace(/\/$/, "") });
    const updates = created.updates.map((update) =>
      update.action === "set-location" ? { ...update, location } : update,
    );
    await expect(catalog.updateTable(named("three"), { ...created, updates })).rejects.toMatchObject(refused);
    const text = new TextDecoder().decode(await context.io.read(two.metadataLocation));
    const foreign = `memory://elsewhere/metadata.json`;
    await context.io.write(foreign, new TextEncoder().encode(text.replace(two.metadata.location, location)));
    await expect(catalog.registerTable(named("three"), foreign)).rejects.toMatchObject(refused);
    expect((await catalog.loadTable(named("two"))).metadata.location).toBe(two.metadata.location);
    expect(await catalog.tableExists(named("three"))).toBe(false);
  },
);

test("tables that share a folder already go on as they are, and nobody joins them", async () => {
  await create("one", at);
  // As in a catalog that did not keep who has which folder.
  await context.store.transact((entries) => {
    for (const prefix of ["f", "o"]) for (const [key] of [...entries.startingWith(prefix)]) entries.remove(key);
  });
  await create("two", at);
  const change = { requirements: [], updates: [{ action: "set-properties" as const, updates: { a: "b" } }] };
  for (const name of ["one", "two", "one"]) await catalog.updateTable(named(name), change);
  await expect(create("three", at)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("folders beside each other are no one's business", async () => {
  await create("one", at);
  for (const [i, location] of ["memory://warehouse/a/bc", "memory://warehouse/a/c", "memory://other/a/b"].entries()) {
    await create(`other${i}`, location);
  }
});

test("a table may go back to where it was, and nobody else may go there meanwhile", async () => {
  await create("one", at);
  const move = (location: string) =>
    catalog.updateTable(named("one"), { requirements: [], updates: [{ action: "set-location", location }] });
  await move("memory://warehouse/c");
  await expect(create("two", at)).rejects.toMatchObject(refused);
  await move(`${at}/inside`);
  await move(at);
});

test("a renamed table keeps its folder, and the one that takes its name gets another", async () => {
  const { metadata } = await create("one");
  await catalog.renameTable(named("one"), named("renamed"));
  const again = await create("one");
  expect(again.metadata.location).not.toBe(metadata.location);
  await expect(create("two", metadata.location)).rejects.toMatchObject({
    message: expect.stringContaining("n.renamed is there"),
  });
  await catalog.dropTable(named("renamed"));
  await create("two", metadata.location);
});

test("the folder of a dropped table is anybody's who names it, and nobody's by default", async () => {
  const { metadata, metadataLocation } = await create("one");
  await catalog.dropTable(named("one"));
  expect((await create("one")).metadata.location).not.toBe(metadata.location);
  await create("two", metadata.location);
  await catalog.dropTable(named("two"));
  await catalog.registerTable(named("three"), metadataLocation);
});

test("a table is not put into the folder of one that its namespace is called as", async () => {
  const outer = await create("t");
  await catalog.createNamespace(["n", "t"]);
  const inner = await catalog.createTable({ namespace: ["n", "t"], name: "x" }, driversTable);
  expect(inner.metadata.location).toMatch(/^memory:\/\/warehouse\/n\.t\.x-/);
  expect(inner.metadata.location.startsWith(outer.metadata.location)).toBe(false);
  await catalog.createNamespace(["m"]);
  await catalog.createNamespace(["m", "t"]);
  await catalog.createTable({ namespace: ["m", "t"], name: "x" }, driversTable);
  const around = await catalog.createTable({ namespace: ["m"], name: "t" }, driversTable);
  expect(around.metadata.location).toMatch(/^memory:\/\/warehouse\/m\/t-/);
});

test("a commit looks at no entries of other tables", async () => {
  let seen = 0;
  const counting = (entries: Entries): Entries => ({
    ...entries,
    startingWith: function* (prefix) {
      for (const entry of entries.startingWith(prefix)) {
        if (prefix.startsWith("f")) seen++;
        yield entry;
      }
    },
  });
  const { store } = context;
  const app = createCatalogApp({
    ...context,
    store: { ...store, transact: (work) => store.transact((entries) => work(counting(entries))) },
  });
  const counted = await RestCatalog.connect({ uri: "http://counted", fetch: async (r) => app.fetch(r) });
  for (let i = 0; i < 20; i++) await create(`t${i}`);
  await counted.createTable(named("one"), driversTable);
  await counted.updateTable(named("one"), {
    requirements: [],
    updates: [{ action: "set-location", location: "memory://warehouse/x" }],
  });
  expect(seen).toBe(0);
});
