import { equalTo, isNull, lessThan, metadataTables, parseTransform, type Table } from "@icecore/iceberg-catalog";
import {
  appendRows,
  deleteRows,
  equalityDelete,
  equalityUpsert,
  overwritePartitions,
  overwriteRows,
  rewriteDataFiles,
  upsertRows,
} from "@icecore/iceberg-catalog/duckdb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schemaOf } from "../support/columns.ts";
import { expectSameRows, openSparkLab, ourRows, type SparkLab } from "../support/spark-lab.ts";
import { type SpelledRow, sorted } from "../support/spelled-rows.ts";

let lab: SparkLab;
beforeAll(async () => {
  lab = await openSparkLab();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** Rows `from` to `to`, of three parts and one that is null. */
const rows = (from: number, to: number, amount = "amount") => ({
  sql: `SELECT i AS id, CASE WHEN i % 4 > 0 THEN 'p' || (i % 4) END AS part, (i * 10)::INTEGER AS ${amount}, 'note ' || i AS note
    FROM range(${from}, ${to + 1}) r(i)`,
});

const keys = (...ids: readonly number[]) => ({ sql: `SELECT unnest([${ids.join(", ")}])::BIGINT AS id` });

type Change = (table: Table) => Promise<Table>;

/** One change after the other, and how many rows there are then. */
const changes: readonly (readonly [what: string, change: Change, count: number])[] = [
  ["an append", async (t) => (await appendRows(lab.session, t, rows(1, 20))).table, 20],
  ["a merged append", async (t) => (await appendRows(lab.session, t, rows(21, 40))).table, 40],
  ["positions deleted", (t) => remove(t, "merge-on-read", 5), 35],
  ["more positions deleted", (t) => remove(t, "merge-on-read", 8), 32],
  ["files written anew", (t) => remove(t, "copy-on-write", 10), 30],
  ["an upsert by positions", (t) => upsert(t, "merge-on-read", rows(8, 12)), 33],
  ["an upsert by files", (t) => upsert(t, "copy-on-write", rows(38, 42)), 35],
  ["an upsert by equality", (t) => equalityUpsert(lab.session, t, rows(40, 45), { on: ["id"] }), 38],
  ["rows deleted by equality", (t) => equalityDelete(lab.session, t, keys(12, 13, 999), { on: ["id"] }), 36],
  [
    "columns renamed and added",
    (t) =>
      t
        .newTransaction()
        .updateSchema((u) =>
          u.renameColumn("amount", "total").renameColumn("id", "key").addColumn("id", { kind: "int" }),
        )
        .commit(),
    36,
  ],
  ["rows deleted by the renamed column", (t) => equalityDelete(lab.session, t, keyed(14, 15), { on: ["key"] }), 34],
  [
    "rows overwritten",
    async (t) => (await overwriteRows(lab.session, t, lessThan("key", 20n), renamed(1, 4))).table,
    30,
  ],
  ["manifests laid out anew", (t) => t.newTransaction().rewriteManifests().commit(), 30],
  ["a compaction", async (t) => (await rewriteDataFiles(lab.session, t, { rewriteAll: true })).table, 30],
  [
    "nulls deleted",
    async (t) => (await deleteRows(lab.session, t, isNull("part"), { mode: "merge-on-read" })).table,
    22,
  ],
];

const keyed = (...ids: readonly number[]) => ({ sql: `SELECT id AS key FROM (${keys(...ids).sql})` });
const renamed = (from: number, to: number) => ({
  sql: `SELECT id AS key, part, total, note, 7 AS id FROM (${rows(from, to, "total").sql})`,
});

const remove = async (table: Table, mode: "merge-on-read" | "copy-on-write", below: number): Promise<Table> =>
  (await deleteRows(lab.session, table, lessThan("id", BigInt(below) + 1n), { mode })).table;

const upsert = async (table: Table, mode: "merge-on-read" | "copy-on-write", input: { sql: string }): Promise<Table> =>
  (await upsertRows(lab.session, table, input, { on: ["id"], mode })).table;

async function createTable(name: string, transform: string | undefined): Promise<Table> {
  const schema = schemaOf({ id: "long", part: "string", amount: "int", note: "string" });
  const properties = { "commit.manifest.min-count-to-merge": "2" };
  const table = await lab.createTable(name, { schema, properties });
  if (transform === undefined) return table;
  return table
    .newTransaction()
    .updateSpec((u) => u.addField("id", parseTransform(transform)))
    .commit();
}

const tables = [
  ["plain", undefined],
  ["bucketed", "bucket[3]"],
] as const;

describe.each(tables)("Spark reads the table %s", (name, transform) => {
  beforeAll(async () => {
    await createTable(name, transform);
  });

  test.each(changes)("after %s", async (_, change, count) => {
    await change(await lab.loadTable(name));
    await expectSameRows(lab, name, count);
  });

  test("at every snapshot of its history", async () => {
    const table = await lab.loadTable(name);
    for (const { snapshotId } of table.metadata.snapshots) {
      const theirs = await lab.spark(`SELECT * FROM lab.${name} VERSION AS OF ${snapshotId}`);
      expect(sorted(await ourRows(lab.session, table, { snapshotId }))).toEqual(sorted(theirs));
    }
  });

  test("and tells the same of its files and snapshots", async () => {
    const ours = metadataTables(await lab.loadTable(name));
    for (const [metadataTable, columns] of metadataColumns) {
      const theirs = await lab.spark(`SELECT ${columns.join(", ")} FROM lab.${name}.${metadataTable}`);
      const found: SpelledRow[] = [];
      for await (const row of ours[metadataTable]()) found.push(spelledColumns(row as never, columns));
      expect([metadataTable, sorted(found)]).toEqual([metadataTable, sorted(theirs)]);
    }
  });

  test("and changes it, for us to read", async () => {
    for (const mode of ["merge-on-read", "copy-on-write"]) {
      await lab.spark(
        `ALTER TABLE lab.${name} SET TBLPROPERTIES ('write.delete.mode'='${mode}', 'write.update.mode'='${mode}', 'write.merge.mode'='${mode}')`,
      );
      await lab.spark(`INSERT INTO lab.${name} VALUES (100, 'p1', 5, 'spark', null), (101, null, null, null, 1)`);
      await expectSameRows(lab, name, 24);
      await lab.spark(`DELETE FROM lab.${name} WHERE key IN (21, 101)`);
      await lab.spark(`UPDATE lab.${name} SET note = 'changed' WHERE key < 30`);
      const given = `(SELECT explode(array(21, 22, 200)) AS k)`;
      await lab.spark(
        `MERGE INTO lab.${name} t USING ${given} s ON t.key = s.k WHEN MATCHED THEN UPDATE SET note = 'merged' WHEN NOT MATCHED THEN INSERT (key, part, total, note, id) VALUES (s.k, null, null, 'inserted', null)`,
      );
      await expectSameRows(lab, name, 24);
      await lab.spark(`DELETE FROM lab.${name} WHERE key IN (100, 200)`);
      await expectSameRows(lab, name, 22);
    }
  });

  test("and compacts it, deletes of ours included", async () => {
    const { session } = lab;
    const table = await removeKey(await lab.loadTable(name), 24);
    await equalityDelete(session, table, keyed(25, 26), { on: ["key"] });
    const before = sorted(await ourRows(session, await lab.loadTable(name)));
    await lab.spark(
      `CALL ice.system.rewrite_position_delete_files(table => 'lab.${name}', options => map('rewrite-all', 'true'))`,
    );
    expect(sorted(await ourRows(session, await lab.loadTable(name)))).toEqual(before);
    await lab.spark(
      `CALL ice.system.rewrite_data_files(table => 'lab.${name}', options => map('rewrite-all', 'true'))`,
    );
    await lab.spark(`CALL ice.system.rewrite_manifests('lab.${name}')`);
    expect(sorted(await ourRows(session, await lab.loadTable(name)))).toEqual(before);
    await (await lab.loadTable(name))
      .newTransaction()
      .updateSchema((u) => u.dropColumn("id"))
      .commit();
    await expectSameRows(lab, name, before.length);
  });
});

const removeKey = async (table: Table, key: number): Promise<Table> =>
  (await deleteRows(lab.session, table, equalTo("key", BigInt(key)), { mode: "merge-on-read" })).table;

const metadataColumns = [
  ["snapshots", ["snapshot_id", "parent_id", "operation", "manifest_list"]],
  ["history", ["snapshot_id", "parent_id", "is_current_ancestor"]],
  ["refs", ["name", "type", "snapshot_id"]],
  ["manifests", ["content", "path", "length", "partition_spec_id", "added_snapshot_id", "added_data_files_count"]],
  ["files", ["content", "file_path", "file_format", "spec_id", "record_count", "file_size_in_bytes", "sort_order_id"]],
  ["entries", ["status", "snapshot_id", "sequence_number", "file_sequence_number"]],
  ["partitions", ["record_count", "file_count", "position_delete_record_count", "equality_delete_file_count"]],
] as const;

const spelledColumns = (row: Readonly<Record<string, unknown>>, columns: readonly string[]): SpelledRow =>
  Object.fromEntries(
    columns.map((column) => {
      const value = row[column] ?? null;
      return [column, value === null || typeof value === "boolean" ? value : String(value)];
    }),
  );

test("Spark replaces partitions that we replaced, and the other way round", async () => {
  const table = await lab.createTable("replaced", { schema: schemaOf({ id: "long", part: "string" }) });
  const partitioned = await table
    .newTransaction()
    .updateSpec((u) => u.addField("part"))
    .commit();
  const some = (from: number, to: number) => ({ sql: `SELECT id, part FROM (${rows(from, to).sql})` });
  const { table: filled } = await appendRows(lab.session, partitioned, some(1, 12));
  await overwritePartitions(lab.session, filled, { sql: `${some(21, 22).sql}` });
  await expectSameRows(lab, "replaced", 8);
  await overwritePartitions(lab.session, await lab.loadTable("replaced"), some(24, 24));
  await expectSameRows(lab, "replaced", 6);
  await lab.spark("SET spark.sql.sources.partitionOverwriteMode=dynamic");
  await lab.spark("INSERT OVERWRITE lab.replaced VALUES (31, 'p3'), (32, 'new')");
  await expectSameRows(lab, "replaced", 5);
});

test("Spark undoes rows that we deleted by an int that was widened since", async () => {
  const table = await lab.createTable("widened", { schema: schemaOf({ id: "int", at: "date" }) });
  const some = (from: number, to: number) => ({
    sql: `SELECT i::INTEGER AS id, DATE '1970-01-01' + i::INTEGER AS at FROM range(${from}, ${to}) r(i)`,
  });
  const { table: filled } = await appendRows(lab.session, table, some(0, 10));
  const deleted = await equalityDelete(lab.session, filled, { sql: "SELECT 3::INTEGER AS id" }, { on: ["id"] });
  await deleted
    .newTransaction()
    .updateSchema((u) => u.updateType("id", { kind: "long" }))
    .commit();
  await expectSameRows(lab, "widened", 9);
  await lab.spark("INSERT INTO lab.widened VALUES (5000000000, null)");
  await equalityDelete(lab.session, await lab.loadTable("widened"), keys(4, 5_000_000_000), { on: ["id"] });
  await expectSameRows(lab, "widened", 8);
});

describe("Spark and we share branches, tags and what is staged", () => {
  const count = async (from: string) => (await lab.spark(`SELECT count(*) AS n FROM lab.shared ${from}`))[0]?.["n"];

  test("which we made", async () => {
    let table = await createTable("shared", undefined);
    ({ table } = await appendRows(lab.session, table, rows(1, 5)));
    const first = table.snapshotByRef("main").snapshotId;
    table = await table.newTransaction().createTag("first", first).createBranch("draft", first).commit();
    ({ table } = await appendRows(lab.session, table, rows(6, 10), { branch: "draft" }));
    table = (await deleteRows(lab.session, table, lessThan("id", 3n), { branch: "draft", mode: "merge-on-read" }))
      .table;
    ({ table } = await appendRows(lab.session, table, rows(11, 11)));
    ({ table } = await appendRows(lab.session, table, rows(12, 14), { wapId: "audited" }));
    expect([await count(""), await count("VERSION AS OF 'first'"), await count("VERSION AS OF 'draft'")]).toEqual([
      "6",
      "5",
      "8",
    ]);
    table = await table.newTransaction().publishStaged("audited").commit();
    await expectSameRows(lab, "shared", 9);
    table = await table.newTransaction().rollbackTo(first).commit();
    await expectSameRows(lab, "shared", 5);
    await table.newTransaction().fastForwardBranch("main", "draft").commit();
    await expectSameRows(lab, "shared", 8);
  });

  test("which Spark makes", async () => {
    await lab.spark("ALTER TABLE lab.shared CREATE BRANCH theirs");
    await lab.spark("INSERT INTO lab.shared.branch_theirs VALUES (50, 'x', null, null)");
    await lab.spark("ALTER TABLE lab.shared CREATE TAG mark RETAIN 7 DAYS");
    const table = await lab.loadTable("shared");
    const { snapshotId } = table.snapshotByRef("theirs");
    expect(await ourRows(lab.session, table, { snapshotId })).toHaveLength(9);
    expect(table.metadata.refs["mark"]).toMatchObject({ type: "tag", maxRefAgeMs: 7 * 86_400_000 });
    await lab.spark("CALL ice.system.fast_forward('lab.shared', 'main', 'theirs')");
    await expectSameRows(lab, "shared", 9);
    await lab.spark("ALTER TABLE lab.shared SET TBLPROPERTIES ('write.wap.enabled'='true')");
    await lab.spark("SET spark.wap.id=their-audit");
    await lab.spark("INSERT INTO lab.shared VALUES (60, 'y', 1, null)");
    await lab.spark("RESET spark.wap.id");
    await expectSameRows(lab, "shared", 9);
    await (await lab.loadTable("shared")).newTransaction().publishStaged("their-audit").commit();
    await expectSameRows(lab, "shared", 10);
  });
});
