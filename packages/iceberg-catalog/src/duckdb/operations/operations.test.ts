import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { and, equalTo, greaterThan, isNull } from "../../expr/predicate.ts";
import { fieldId, type SnapshotId, schemaId } from "../../spec/ids.ts";
import type { Table } from "../../table.ts";
import { readChanges } from "../changelog/read-changes.ts";
import { rewriteDataFiles } from "../compaction/rewrite-data-files.ts";
import { listedDeletes } from "../compaction/spent-deletes.ts";
import { TableLab } from "../testing/table-lab.ts";
import { writeEqualityDeletes } from "../write/write-equality-deletes.ts";
import { appendKeysOf } from "./append-key.ts";
import { appendRows } from "./append-rows.ts";
import { deleteRows } from "./delete-rows.ts";
import { equalityDelete, equalityUpsert } from "./equality-upsert.ts";
import { rowsSql } from "./read-rows.ts";
import { upsertRows } from "./upsert-rows.ts";

let lab: TableLab;
beforeAll(async () => {
  lab = await TableLab.open();
});
afterAll(() => lab[Symbol.asyncDispose]());

const schema = {
  schemaId: schemaId(0),
  identifierFieldIds: [fieldId(1)],
  fields: [
    { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
    { id: fieldId(2), name: "day", required: false, type: { kind: "date" } },
    { id: fieldId(3), name: "n", required: false, type: { kind: "int" } },
  ],
} as const;
const byDay = { fields: [{ sourceId: fieldId(2), name: "day", transform: { kind: "identity" } }] } as const;

const rows = (...values: readonly string[]) => ({
  sql: `SELECT id, day::DATE AS day, n FROM (VALUES ${values.map((value) => `(${value})`).join(", ")}) t(id, day, n)`,
});

async function filled(partitionSpec?: typeof byDay): Promise<Table> {
  const table = await lab.createTable({ schema, ...(partitionSpec && { partitionSpec }) });
  const given = rows("1, DATE '2026-01-01', 1", "2, DATE '2026-01-01', 2", "3, DATE '2026-01-02', 3");
  return (await appendRows(lab.session, table, given)).table;
}

const refusal = async (action: () => Promise<unknown>): Promise<string> => {
  const error = (await action().catch((caught: unknown) => caught)) as { code?: string; message?: string };
  return `${error.code}: ${error.message}`;
};

/** The names of the files that hold rows or deletes. */
async function filesOf(table: Table): Promise<readonly string[]> {
  const names = await readdir(join(lab.directory, "catalog/warehouse"), { recursive: true });
  return names.filter((name) => name.includes(table.identifier.name) && name.endsWith(".parquet"));
}

describe("deletes by a column", () => {
  it("hold after it was renamed, widened and dropped, and another took its name", async () => {
    const old = await equalityDelete(lab.session, await filled(), { sql: "SELECT 1 AS n" }, { on: ["n"] });
    const wide = await old
      .newTransaction()
      .updateSchema((update) => update.renameColumn("n", "m").updateType("m", { kind: "long" }))
      .commit();
    const large = { sql: "SELECT i AS id, 5000000000 + i AS m FROM range(4, 7) r(i)" };
    const more = (await appendRows(lab.session, wide, large)).table;
    const less = await equalityDelete(lab.session, more, { sql: "SELECT 5000000005 AS m" }, { on: ["m"] });
    const dropped = await less
      .newTransaction()
      .updateSchema((update) => update.dropColumn("m"))
      .updateSchema((update) => update.addColumn("n", { kind: "string" }))
      .commit();
    const found = await lab.rows(dropped, { select: ["id", "n"] });
    expect(found.map(({ id, n }) => `${id} ${n}`).sort()).toEqual(["2 null", "3 null", "4 null", "6 null"]);
  });

  it("take null for equal to null, as other engines write them", async () => {
    const table = (await appendRows(lab.session, await filled(), rows("4, NULL, NULL", "5, NULL, 5"))).table;
    const keys = table.schema.fields.filter(({ name }) => name === "n");
    const nulls = await writeEqualityDeletes(lab.session, table, "SELECT NULL::INTEGER AS n", keys);
    const deleted = await table.newTransaction().changeFiles({ addedDeletes: nulls }).commit();
    const found = await lab.rows(deleted, { select: ["id"] });
    expect(found.map(({ id }) => id).sort()).toEqual([1n, 2n, 3n, 5n]);
  });
});

describe("a change on a branch", () => {
  it("finds rows by the columns of now, whatever they were called when the branch was written", async () => {
    const table = await filled();
    const swapped = await table
      .newTransaction()
      .createBranch("audit", table.currentSnapshot()?.snapshotId as SnapshotId)
      .updateSchema((update) => update.renameColumn("id", "was_id"))
      .updateSchema((update) => update.renameColumn("n", "id").addColumn("note", { kind: "string" }))
      .commit();
    const main = await appendRows(lab.session, swapped, { sql: "SELECT 9::BIGINT AS was_id, 9 AS id" });
    const branch = { branch: "audit" };
    const deleted = await deleteRows(lab.session, main.table, and(equalTo("id", 3), isNull("note")), branch);
    expect(deleted.rows).toBe(1n);
    const again = { sql: "SELECT 7::BIGINT AS was_id, 2 AS id" };
    const merged = await upsertRows(lab.session, deleted.table, again, { ...branch, on: ["id"] });
    expect([merged.updated, merged.inserted]).toEqual([1n, 0n]);
  });
});

describe("an append", () => {
  it("with a key happens once, however often and by whoever it is called", async () => {
    const table = await lab.createTable({ schema });
    const calls = Array.from({ length: 4 }, async () => {
      await using session = await lab.database.connect();
      return await appendRows(session, table, rows("1, NULL, 1"), { key: "monday" });
    });
    const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(["already-appended", "already-appended", "already-appended", "appended"]);
    expect((await filesOf(table)).length).toBe(1);
  });

  it("with several keys happens if none of them was there, and is there under each", async () => {
    const table = await lab.createTable({ schema });
    const append = async (key: string | readonly string[]) =>
      (await appendRows(lab.session, await table.refresh(), rows("1, NULL, 1"), { key })).outcome;
    const odd = 'a","b';
    expect(await append(["one", odd])).toBe("appended");
    expect(await append("b")).toBe("appended");
    for (const key of ["one", odd, ["new", odd], ["b", "new"]]) expect(await append(key)).toBe("already-appended");
    expect(await append(["a", "new"])).toBe("appended");
    expect(await append([])).toBe("appended");
    const { snapshots } = (await table.refresh()).metadata;
    expect(snapshots.map(appendKeysOf)).toEqual([["one", odd], ["b"], ["a", "new"], []]);
  });

  it("of no rows makes no commit and leaves no file", async () => {
    const table = await lab.createTable({ schema });
    const { outcome } = await appendRows(lab.session, table, { sql: "SELECT 1::BIGINT AS id WHERE false" });
    expect(outcome).toBe("no-rows");
    expect((await table.refresh()).currentSnapshot()).toBeUndefined();
    expect(await filesOf(table)).toEqual([]);
  });

  it("says everything that does not fit, and leaves nothing behind", async () => {
    const table = await lab.createTable({ schema });
    const refused = (sql: string) => refusal(() => appendRows(lab.session, table, { sql }));
    expect(await refused("SELECT 'x' AS day, TIME '12:00' AS n, 1 AS what")).toMatchInlineSnapshot(
      `"ROWS_INVALID: the query: the table has no column "what"; column "id" is missing, and every row needs it; column "n": it is TIME, which is not an int without loss; cast it, or change the column's type; the table's columns: id, day, n"`,
    );
    expect(await refused("SELECT 'x' AS id")).toMatchInlineSnapshot(
      `"ROWS_INVALID: the query: a value does not fit (Invalid Input Error: column "id": a value is not a long: x)"`,
    );
    expect(await refused("SELECT 3000000000 AS n, 1::BIGINT AS id")).toMatchInlineSnapshot(
      `"ROWS_INVALID: the query: a value does not fit (Invalid Input Error: column "n": a value is not an int: 3000000000)"`,
    );
    expect(await refused("SELECT unnest([1, NULL])::BIGINT AS id")).toMatchInlineSnapshot(
      `"ROWS_INVALID: the query: required columns are null: "id" in 1 rows"`,
    );
    expect(await refused("SELECT nothing")).toMatchInlineSnapshot(
      `"QUERY_INVALID: the query: DuckDB cannot run this SQL (Binder Error: Referenced column "nothing" was not found because the FROM clause is missing)"`,
    );
    expect(await filesOf(table)).toEqual([]);
  });
});

describe("an upsert", () => {
  it("says what it did, and does nothing for rows that are there already", async () => {
    const table = await filled(byDay);
    const given = rows("1, DATE '2026-01-01', 1", "2, DATE '2026-01-05', 20", "4, NULL, 4");
    const { table: after, ...counts } = await upsertRows(lab.session, table, given);
    expect(counts).toEqual({ inserted: 1n, updated: 1n, deleted: 0n, unchanged: 1n });
    const again = await upsertRows(lab.session, after, given);
    expect(again.table).toBe(after);
    expect(again).toMatchObject({ inserted: 0n, updated: 0n, unchanged: 3n });
  });

  it("inserts only, updates only, or deletes, as it is told", async () => {
    const table = await filled();
    const given = rows("3, NULL, 30", "4, NULL, 4");
    const inserted = await upsertRows(lab.session, table, given, { whenMatched: "ignore" });
    expect(inserted).toMatchObject({ inserted: 1n, updated: 0n });
    const updated = await upsertRows(lab.session, inserted.table, rows("3, NULL, 31", "9, NULL, 9"), {
      whenNotMatched: "ignore",
    });
    expect(updated).toMatchObject({ inserted: 0n, updated: 1n });
    const deleted = await upsertRows(lab.session, updated.table, rows("3, NULL, 0", "9, NULL, 9"), {
      whenMatched: "delete",
      whenNotMatched: "ignore",
      mode: "merge-on-read",
    });
    expect(deleted).toMatchObject({ deleted: 1n, inserted: 0n });
    expect((await lab.rows(deleted.table)).map(({ id }) => id).sort()).toEqual([1n, 2n, 4n]);
  });

  it("refuses keys that tell nothing apart", async () => {
    const table = await filled(byDay);
    const { session } = lab;
    expect(await refusal(() => upsertRows(session, table, rows("1, NULL, 1", "1, NULL, 2")))).toMatchInlineSnapshot(
      `"ROWS_INVALID: the query: 2 rows have the key 1 (id); give each key once"`,
    );
    const onDay = { on: ["day"] };
    expect(await refusal(() => upsertRows(session, table, rows("1, NULL, 1"), onDay))).toMatchInlineSnapshot(
      `"ROWS_INVALID: the query: 1 rows have no value in their key (day)"`,
    );
    expect(
      await refusal(() => upsertRows(session, table, rows("1, NULL, 1"), { on: ["nobody"] })),
    ).toMatchInlineSnapshot(`"INVALID_ARGUMENT: the table has no column "nobody"; its columns: id, day, n"`);
    expect(await refusal(() => equalityUpsert(session, table, rows("1, NULL, 1")))).toMatchInlineSnapshot(
      `"UNSUPPORTED: the table is partitioned by "day", which the key (id) does not tell: an equality delete would miss rows in other partitions; put the column into the key, or upsert by reading (upsertRows)"`,
    );
  });

  it("that was computed from rows that others changed is refused, and leaves no file", async () => {
    const table = await filled();
    const { session } = lab;
    await deleteRows(session, table, equalTo("id", 2n));
    const before = await filesOf(table);
    const refused = await refusal(() => upsertRows(session, table, rows("2, NULL, 7")));
    expect(refused).toMatch(/^VALIDATION_FAILED: .*compute the change anew/);
    expect(await filesOf(table)).toEqual(before);
  });
});

describe("deletes", () => {
  it("are merged on read where the table says so, and one whole file goes without a delete file", async () => {
    let table = await filled(byDay);
    table = await table.newTransaction().setProperties({ "write.delete.mode": "merge-on-read" }).commit();
    table = (await deleteRows(lab.session, table, greaterThan("n", 1))).table;
    expect(table.currentSnapshot()?.summary.properties).toMatchObject({
      "added-position-deletes": "1",
      "deleted-data-files": "1",
    });
    expect((await lab.rows(table)).map(({ id }) => id)).toEqual([1n]);
  });

  it("do nothing where nothing matches, and want a mode that there is", async () => {
    const table = await filled();
    expect((await deleteRows(lab.session, table, greaterThan("n", 100))).table).toBe(table);
    const odd = await table.newTransaction().setProperties({ "write.delete.mode": "sometimes" }).commit();
    expect(await refusal(() => deleteRows(lab.session, odd, greaterThan("n", 1)))).toMatchInlineSnapshot(
      `"INVALID_ARGUMENT: write.delete.mode is "sometimes"; it must be copy-on-write or merge-on-read"`,
    );
  });

  it("by equality go when the files that they reach are compacted", async () => {
    let table = await filled();
    table = await equalityDelete(lab.session, table, { sql: "SELECT 2::BIGINT AS id" });
    const compacted = await rewriteDataFiles(lab.session, table, { rewriteAll: true });
    expect(compacted).toMatchObject({ rewrittenFiles: 1, addedFiles: 1, removedDeleteFiles: 1 });
    const [task] = (await compacted.table.scan().plan()).tasks;
    expect([task?.deletes, task?.dataFile.recordCount]).toEqual([[], 2n]);
  });
});

describe("columns may be called as DuckDB calls its own, and as ours are called", () => {
  const names = ["rowid", "net", "filename", "__file_path", "__position", "__partition_0", "path", "d"];

  it.each(names)("%s", async (name) => {
    const hostile = {
      schemaId: schemaId(0),
      identifierFieldIds: [fieldId(1)],
      fields: [
        { id: fieldId(1), name: "id", required: true, type: { kind: "long" } },
        { id: fieldId(2), name, required: false, type: { kind: "long" } },
      ],
    } as const;
    const partitionSpec = {
      fields: [{ sourceId: fieldId(1), name: "bucket", transform: { kind: "bucket", buckets: 3 } }],
    } as const;
    let table = await lab.createTable({ schema: hostile, partitionSpec });
    const given = (values: string) => ({ sql: `SELECT * FROM (VALUES ${values}) t(id, "${name}")` });
    const seen = async () => (await lab.rows(table)).map((row) => `${row["id"]} ${row[name]}`).sort();
    table = (await appendRows(lab.session, table, given("(1, 1005), (2, 1004), (3, 1003), (4, 7)"))).table;
    const before = table.currentSnapshot()?.snapshotId;
    expect(await seen()).toEqual(["1 1005", "2 1004", "3 1003", "4 7"]);
    table = (await upsertRows(lab.session, table, given("(1, 5), (9, 9)"), { mode: "merge-on-read" })).table;
    table = (await deleteRows(lab.session, table, equalTo("id", 2n), { mode: "merge-on-read" })).table;
    table = (await deleteRows(lab.session, table, equalTo(name, 7n))).table;
    const after = ["1 5", "3 1003", "9 9"];
    expect(await seen()).toEqual(after);
    table = (await rewriteDataFiles(lab.session, table, { rewriteAll: true })).table;
    expect(await seen()).toEqual(after);
    const applied = new Map([
      [1n, 1005n],
      [2n, 1004n],
      [3n, 1003n],
      [4n, 7n],
    ]);
    const changes = await readChanges(lab.session, table, { ...(before && { from: before }) });
    for await (const batch of changes.batches()) {
      for (const row of batch.toArray()) {
        if (row["_change_type"] === "DELETE") applied.delete(row["id"]);
        else applied.set(row["id"], row[name]);
      }
    }
    expect([...applied].map(([id, value]) => `${id} ${value}`).sort()).toEqual(after);
  });
});

describe("deletes that reach no row any more", () => {
  it.each([
    ["by equality, of the whole table", undefined, ["id"]],
    ["by equality, of a partition", byDay, ["id", "day"]],
    ["by position", byDay, undefined],
  ])("go with a compaction that finds nothing else to do: %s", async (_, spec, on) => {
    let table = await lab.createTable({ schema, ...(spec && { partitionSpec: spec }) });
    const first = rows("1, DATE '2026-01-01', 1", "2, DATE '2026-01-01', 2");
    table = (await appendRows(lab.session, table, first)).table;
    table =
      on === undefined
        ? (await deleteRows(lab.session, table, equalTo("id", 1n), { mode: "merge-on-read" })).table
        : await equalityDelete(lab.session, table, { sql: `SELECT ${on.join()} FROM (${first.sql})` }, { on });
    // As engines remove data files that do not look for the deletes that they leave behind.
    const removed = { files: (await table.scan().plan()).tasks.map(({ dataFile }) => dataFile) };
    table = await table.newTransaction().changeFiles({ removed }).commit();
    table = (await appendRows(lab.session, table, first)).table;
    const listed = async () => (await listedDeletes(table, table.currentSnapshot() ?? expect.fail())).length;
    expect(await listed()).toBe(1);
    const under = await rewriteDataFiles(lab.session, table, { where: equalTo("id", 1n) });
    expect(under.removedDeleteFiles).toBe(0);
    const compacted = await rewriteDataFiles(lab.session, table);
    expect(compacted).toMatchObject({ rewrittenFiles: 0, addedFiles: 0, removedDeleteFiles: 1 });
    table = compacted.table;
    expect(await listed()).toBe(0);
    expect(table.currentSnapshot()?.summary).toMatchObject({
      operation: "replace",
      properties: { "total-delete-files": "0", "removed-delete-files": "1" },
    });
    expect((await lab.rows(table)).map(({ id }) => id).sort()).toEqual([1n, 2n]);
    expect((await rewriteDataFiles(lab.session, table)).table).toBe(table);
  });
});

it("equality deletes of many commits are looked up at once, each reaching what is older than it", async () => {
  let table = await filled();
  const commits = 12;
  for (let i = 0; i < commits; i++) {
    table = await equalityUpsert(lab.session, table, rows(`1, NULL, ${i}`, `${100 + i}, NULL, ${i}`));
  }
  const sql = await rowsSql(lab.session, table);
  // Whatever the commits: files that deletes may reach, the deleted keys, and the newest file.
  expect(sql.match(/read_parquet\(/g)).toHaveLength(3);
  const expected = ["1 11", "2 2", "3 3", ...Array.from({ length: commits }, (_, i) => `${100 + i} ${i}`)];
  expect((await lab.session.rows(sql)).map(({ id, n }) => `${id} ${n}`).sort()).toEqual(expected.sort());
});
