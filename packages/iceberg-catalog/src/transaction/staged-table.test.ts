import { beforeEach, expect, test } from "vitest";
import { loadTable, stageTable, type Table } from "../table.ts";
import { refusal } from "../testing/faulty-catalog.ts";
import { dataFile, fileNames, liveFiles, type TestTable, testTable } from "../testing/test-table.ts";

const identifier = { namespace: ["flights"], name: "staged" };
const added = [dataFile("new", "A")];

let setup: TestTable;
let staged: Table;
const stage = (catalog = setup.catalog.catalog) => {
  const { schema, spec, io } = setup.table;
  const request = { schema, partitionSpec: spec, properties: { owner: "ops" }, location: "memory://staged" };
  return stageTable(catalog, identifier, request, io);
};
beforeEach(async () => {
  setup = await testTable();
  staged = await stage();
});

const reload = () => loadTable(setup.catalog.catalog, identifier, setup.table.io);
const append = (table: Table) => table.newTransaction(setup.environment).append(added).commit();

test("a staged table comes into being with its first commit, and all that it does", async () => {
  expect(await setup.catalog.catalog.tableExists(identifier)).toBe(false);
  const committed = await staged
    .newTransaction(setup.environment)
    .updateSchema((update) => update.addColumn("origin", { kind: "string" }))
    .append(added)
    .commit();
  const loaded = await reload();
  expect(loaded.metadata).toEqual(committed.metadata);
  expect(loaded.metadataLocation).toBe(committed.metadataLocation);
  expect(loaded.metadata).toMatchObject({ tableUuid: staged.metadata.tableUuid, properties: { owner: "ops" } });
  expect(loaded.schema.fields.map(({ name }) => name)).toEqual(["id", "carrier", "origin"]);
  expect(loaded.spec.fields).toEqual(staged.spec.fields);
  expect(await liveFiles(loaded)).toEqual(["new"]);
  expect(await liveFiles(await append(committed))).toEqual(["new", "new"]);
});

test("a staged table may be created empty", async () => {
  await staged.newTransaction(setup.environment).commit();
  expect((await reload()).metadata.snapshots).toEqual([]);
});

test("one whose name was taken meanwhile is refused, and leaves nothing behind", async () => {
  await append(await stage());
  const before = [...setup.locations];
  await expect(append(staged)).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  expect([...setup.locations]).toEqual(before);
});

test.each([
  ["with rows", append, ["new"]],
  ["without any", (table: Table) => table.newTransaction(setup.environment).commit(), []],
] as const)("one %s that was created and not answered is done", async (_, work, live) => {
  setup.catalog.faults.push(async (land) => {
    await land();
    throw new Error("connection reset");
  });
  const committed = await work(staged);
  expect(committed.metadataLocation).toBe((await reload()).metadataLocation);
  expect(await liveFiles(committed)).toEqual(live);
});

test("one that was neither created nor answered is unknown, and keeps what was written for it", async () => {
  setup.catalog.faults.push(async () => refusal(503, "ServiceUnavailable"));
  await expect(append(staged)).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
  expect(fileNames(setup.locations, ".avro")).toHaveLength(2);
});

test("of one that another table took the name of after an answer was lost, nobody is told that it is there", async () => {
  setup.catalog.faults.push(async () => {
    const { another } = setup.catalog;
    await append(await stage(another));
    expect(await another.tableExists(identifier)).toBe(true);
    throw new Error("connection reset");
  });
  await expect(append(staged)).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
});
