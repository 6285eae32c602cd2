import { beforeEach, expect, test } from "vitest";
import { createTable, loadTable, type Table } from "../table.ts";
import { refusal } from "../testing/faulty-catalog.ts";
import { dataFile, fileNames, liveFiles, type TestTable, testTable } from "../testing/test-table.ts";

const identifier = { namespace: ["flights"], name: "airports" };

let setup: TestTable;
let other: Table;
beforeEach(async () => {
  setup = await testTable();
  const { schema, io } = setup.table;
  other = await createTable(setup.catalog.catalog, identifier, { schema, location: "memory://airports" }, io);
});

const reload = () => loadTable(setup.catalog.catalog, identifier, setup.table.io);
const addName = (table: Table) =>
  table.newTransaction(setup.environment).updateSchema((update) => update.addColumn("name", { kind: "string" }));

/** An append to the one table, with a column added to the other. */
async function both(): Promise<Table> {
  return setup.table
    .newTransaction(setup.environment)
    .fastAppend([dataFile("new", "A")])
    .commit({ onConflict: "fail", together: [await addName(other).prepare()] });
}

test("commits to two tables land together", async () => {
  expect(await liveFiles(await both())).toEqual(["new"]);
  expect((await reload()).schema.fields.map(({ name }) => name)).toEqual(["id", "carrier", "name"]);
});

test("or not at all, whichever of them was overtaken, and what was written for them is deleted", async () => {
  await addName(other).commit();
  await expect(both()).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
  expect(fileNames(setup.locations, ".avro")).toEqual([]);
  expect((await setup.table.refresh()).currentSnapshot()).toBeUndefined();

  other = await reload();
  const properties = await other.newTransaction(setup.environment).setProperties({ owner: "ops" }).prepare();
  const append = setup.table.newTransaction(setup.environment).fastAppend([dataFile("late", "A")]);
  await setup.table
    .newTransaction(setup.environment)
    .fastAppend([dataFile("first", "A")])
    .commit();
  const late = append.commit({ onConflict: "fail", together: [properties] });
  await expect(late).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
  expect((await reload()).metadata.properties["owner"]).toBeUndefined();
});

test("of which nobody may read the outcome are not taken for refused: what they need stays", async () => {
  const change = await addName(other).prepare();
  const append = setup.table.newTransaction(setup.environment).fastAppend([dataFile("new", "A")]);
  setup.catalog.loadAnswer = () => refusal(403, "ForbiddenException");
  const outcome = append.commit({ onConflict: "fail", together: [change] });
  await expect(outcome).rejects.toMatchObject({ code: "COMMIT_STATE_UNKNOWN" });
  setup.catalog.loadAnswer = undefined;
  expect(await liveFiles(await setup.table.refresh())).toEqual(["new"]);
});
