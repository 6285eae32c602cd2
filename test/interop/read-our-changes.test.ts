import { equalTo, lessThan, parseTransform, type Table } from "@icecore/iceberg-catalog";
import {
  appendRows,
  deleteRows,
  equalityDelete,
  overwritePartitions,
  overwriteRows,
  readRows,
  rewriteDataFiles,
  upsertRows,
} from "@icecore/iceberg-catalog/duckdb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schemaOf } from "./support/columns.ts";
import { primitiveColumns, primitiveRows } from "./support/every-type.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { pythonRows, type SpelledRow, sorted, spelledRows } from "./support/rows.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

async function expectSameRows(name: string, count: number): Promise<void> {
  const rows: SpelledRow[] = [];
  const { batches } = await readRows(lab.session, await lab.loadTable(name));
  for await (const batch of batches()) rows.push(...spelledRows(batch));
  const { rows: theirs } = await pythonRows({ uri: lab.uri, table: `lab.${name}` });
  expect(sorted(rows)).toEqual(theirs);
  expect(rows).toHaveLength(count);
}

const rows = (from: number, to: number, note: string) => ({
  sql: `SELECT i AS id, CASE WHEN i % 4 > 0 THEN 'p' || (i % 4) END AS part, (i * 10)::INTEGER AS amount, '${note}' AS note
    FROM range(${from}, ${to + 1}) r(i)`,
});

const renamed = (from: number, to: number) => ({
  sql: `SELECT id, part, amount::BIGINT AS total, note, 0.5::DOUBLE AS added FROM (${rows(from, to, "late").sql})`,
});

const changes: readonly (readonly [what: string, change: (table: Table) => Promise<Table>, count: number])[] = [
  ["appended", async (t) => (await appendRows(lab.session, t, rows(1, 40, "first"))).table, 40],
  ["deleted by position", (t) => remove(t, "merge-on-read", 5n), 36],
  ["deleted by copy-on-write", (t) => remove(t, "copy-on-write", 9n), 32],
  ["upserted by position", (t) => upsert(t, "merge-on-read"), 34],
  ["upserted by copy-on-write", (t) => upsert(t, "copy-on-write"), 34],
  [
    "evolved",
    (t) =>
      t
        .newTransaction()
        .updateSchema((u) => u.renameColumn("amount", "total").updateType("total", { kind: "long" }))
        .updateSchema((u) => u.addColumn("added", { kind: "double" }))
        .updateSpec((u) => u.addField("part"))
        .commit(),
    34,
  ],
  ["overwritten", async (t) => (await overwriteRows(lab.session, t, lessThan("id", 12n), renamed(1, 3))).table, 34],
  ["deleted by position under two specs", (t) => remove(t, "merge-on-read", 14n), 29],
  ["compacted", async (t) => (await rewriteDataFiles(lab.session, t, { rewriteAll: true })).table, 29],
  ["overwritten by partition", (t) => overwritePartitions(lab.session, t, renamed(1, 1)), 28],
];

const remove = async (table: Table, mode: "merge-on-read" | "copy-on-write", below: bigint): Promise<Table> =>
  (await deleteRows(lab.session, table, lessThan("id", below), { mode })).table;

const upsert = async (table: Table, mode: "merge-on-read" | "copy-on-write"): Promise<Table> =>
  (await upsertRows(lab.session, table, rows(38, 42, mode), { on: ["id"], mode })).table;

describe("PyIceberg reads a table that we have", () => {
  beforeAll(async () => {
    const schema = schemaOf({ id: "long", part: "string", amount: "int", note: "string" });
    const table = await lab.createTable("changed", { schema });
    await table
      .newTransaction()
      .updateSpec((u) => u.addField("id", parseTransform("bucket[3]")))
      .commit();
  });

  test.each(changes)("%s", async (_, change, count) => {
    await change(await lab.loadTable("changed"));
    await expectSameRows("changed", count);
  });

  test("deleted by equality: it says that it cannot", async () => {
    const table = await lab.loadTable("changed");
    const one = { sql: "SELECT 1::BIGINT AS id, 'p1' AS part" };
    const deleted = await equalityDelete(lab.session, table, one, { on: ["id", "part"] });
    expect(
      (await deleted.scan({ filter: equalTo("id", 1n) }).plan()).tasks.flatMap(({ deletes }) => deletes),
    ).not.toEqual([]);
    await expect(pythonRows({ uri: lab.uri, table: "lab.changed" })).rejects.toThrow(/equality deletes/);
  });
});

test("PyIceberg reads every primitive type that we write", async () => {
  const table = await lab.createTable("primitives", { schema: schemaOf(primitiveColumns) });
  await appendRows(lab.session, table, { sql: primitiveRows });
  await expectSameRows("primitives", 5);
});
