import { expect, it } from "vitest";
import { loadTable, type Table } from "../table.ts";
import { refusal } from "../testing/faulty-catalog.ts";
import { dataFile, liveFiles, testTable } from "../testing/test-table.ts";

const append = (table: Table, name: string) =>
  table
    .newTransaction()
    .fastAppend([dataFile(name, "A")])
    .commit();

it.each(["100", "1"])(
  "of many commits that begin at once, none is in vain: %s earlier versions are remembered",
  async (versions) => {
    const { table, catalog } = await testTable({ "write.metadata.previous-versions-max": versions });
    const names = Array.from({ length: 20 }, (_, i) => `f${i + 10}`);
    await Promise.all(names.map((name) => append(table, name)));
    expect(await liveFiles(await table.refresh())).toEqual(names);
    expect(catalog.commits).toHaveLength(20);
  },
);

it("one that fails holds up nobody", async () => {
  const { table, catalog } = await testTable();
  catalog.faults.push(async () => refusal(403, "ForbiddenException"));
  const [first, second] = await Promise.allSettled([append(table, "a"), append(table, "b")]);
  expect([first.status, second.status]).toEqual(["rejected", "fulfilled"]);
  expect(await liveFiles(await table.refresh())).toEqual(["b"]);
});

it("one that is behind commits of others begins from what they left, as far as it is known here", async () => {
  const { table, catalog } = await testTable();
  const elsewhere = await loadTable(catalog.another, table.identifier, table.io);
  await append(elsewhere, "a");
  await Promise.all([append(table, "b"), append(table, "c")]);
  expect(await liveFiles(await table.refresh())).toEqual(["a", "b", "c"]);
  // Only the first did not know of the one elsewhere.
  expect(catalog.commits).toHaveLength(3);
});

it("whoever decides about conflicts commits on top of what it knew", async () => {
  const { table } = await testTable();
  const decides = table.newTransaction().fastAppend([dataFile("b", "A")]);
  const [first, second] = await Promise.allSettled([append(table, "a"), decides.commit({ onConflict: "fail" })]);
  expect(first.status).toBe("fulfilled");
  expect(second).toMatchObject({ status: "rejected", reason: { code: "COMMIT_CONFLICT" } });
});
