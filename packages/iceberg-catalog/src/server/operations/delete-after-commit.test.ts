import { expect, it } from "vitest";
import type { Table } from "../../table.ts";
import { testTable } from "../../testing/test-table.ts";

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
