import { readdir, stat } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { equalTo } from "../../expr/predicate.ts";
import { localPath } from "../../io/local.ts";
import { fieldId, schemaId } from "../../spec/ids.ts";
import type { PrimitiveType } from "../../spec/types.ts";
import { appendRows } from "../operations/append-rows.ts";
import { deleteRows } from "../operations/delete-rows.ts";
import { quotedString } from "../quote.ts";
import { TableLab } from "../testing/table-lab.ts";

let lab: TableLab;
beforeAll(async () => {
  lab = await TableLab.open();
});
afterAll(() => lab[Symbol.asyncDispose]());

const createTable = (columns: Readonly<Record<string, PrimitiveType>>) => {
  const fields = Object.entries(columns).map(([name, type], i) => ({
    id: fieldId(i + 1),
    name,
    required: false,
    type,
  }));
  return lab.createTable({ schema: { schemaId: schemaId(0), identifierFieldIds: [], fields } });
};

it("writes what every reader of Iceberg knows: pages of Parquet 1, and integers without a logical type", async () => {
  const table = await createTable({
    i: { kind: "int" },
    l: { kind: "long" },
    s: { kind: "string" },
    f: { kind: "float" },
  });
  const sql = "SELECT i::INTEGER AS i, i AS l, CASE WHEN i < 0 THEN 'x' END AS s, i::FLOAT AS f FROM range(5000) r(i)";
  const { table: appended } = await appendRows(lab.session, table, { sql });
  const { tasks } = await appended.scan().plan();
  expect(tasks).toHaveLength(1);
  for (const { dataFile } of tasks) {
    const path = localPath(dataFile.filePath) ?? "";
    expect(dataFile.fileSizeInBytes).toBe(BigInt((await stat(path)).size));
    const schema = await lab.session.rows(
      `SELECT name, logical_type, field_id FROM parquet_schema(${quotedString(path)})`,
    );
    expect(schema.slice(1, 3)).toEqual([
      { name: "i", logical_type: null, field_id: 1n },
      { name: "l", logical_type: null, field_id: 2n },
    ]);
    const pages = await lab.session.rows(`SELECT DISTINCT encodings FROM parquet_metadata(${quotedString(path)})`);
    expect(pages.map(({ encodings }) => encodings).join()).not.toMatch(/DELTA|SPLIT/);
  }
});

it("writes the smaller pages of Parquet 2 where the table wants them", async () => {
  const table = await createTable({ id: { kind: "long" } });
  const wanting = await table.newTransaction().setProperties({ "write.parquet.page-version": "v2" }).commit();
  const { table: appended } = await appendRows(lab.session, wanting, { sql: "SELECT i AS id FROM range(50000) r(i)" });
  const [task] = (await appended.scan().plan()).tasks;
  const path = quotedString(localPath(task?.dataFile.filePath ?? "") ?? "");
  expect(await lab.session.rows(`SELECT DISTINCT encodings FROM parquet_metadata(${path})`)).toEqual([
    { encodings: expect.stringContaining("DELTA_BINARY_PACKED") },
  ]);
});

it("refuses what DuckDB cannot write as Iceberg wants it, and leaves nothing behind", async () => {
  const table = await createTable({ id: { kind: "long" }, hash: { kind: "fixed", length: 4 } });
  const append = appendRows(lab.session, table, { sql: "SELECT 1::BIGINT AS id, from_hex('00010203') AS hash" });
  await expect(append).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: expect.stringContaining("fixed[4], which this version reads and cannot write"),
  });
  const data = await readdir(`${localPath(table.metadata.location)}/data`).catch(() => []);
  expect(data).toEqual([]);
});

it("writes partitions whose values are too long for a folder's name", async () => {
  const fields = [
    { id: fieldId(1), name: "text", required: false, type: { kind: "string" } },
    { id: fieldId(2), name: "n", required: false, type: { kind: "long" } },
  ] as const;
  const table = await lab.createTable({
    schema: { schemaId: schemaId(0), identifierFieldIds: [], fields },
    partitionSpec: { fields: [{ sourceId: fieldId(1), name: "text", transform: { kind: "identity" } }] },
  });
  const sql = "SELECT repeat('ü/', 400) || (i % 3) AS text, i AS n FROM range(6) r(i)";
  const { table: appended } = await appendRows(lab.session, table, { sql });
  const values = (await lab.rows(appended)).map((row) => String(row["text"])).sort();
  expect(values).toEqual([0, 0, 1, 1, 2, 2].map((i) => `${"ü/".repeat(400)}${i}`));
  const { tasks } = await appended.scan({ filter: equalTo("text", values[2] ?? "") }).plan();
  expect(tasks.map(({ dataFile }) => dataFile.partition)).toEqual([[values[2]]]);
  const fewer = await deleteRows(lab.session, appended, equalTo("n", 1n), { mode: "merge-on-read" });
  expect(await lab.rows(fewer.table)).toHaveLength(5);
});
