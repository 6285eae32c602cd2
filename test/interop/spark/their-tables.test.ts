import type { SnapshotId, Table } from "@icecore/iceberg-catalog";
import { changelogRelation, netChanges, rowsSql } from "@icecore/iceberg-catalog/duckdb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schemaOf } from "../support/columns.ts";
import { expectSameRows, openSparkLab, ourRows, type SparkLab } from "../support/spark-lab.ts";
import { parseSpelled, sorted, spelledSelect } from "../support/spelled-rows.ts";

let lab: SparkLab;
beforeAll(async () => {
  lab = await openSparkLab();
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const run = async (...statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await lab.spark(statement);
};

const everyType = `id bigint, bo boolean, i int, f float, d double, de decimal(9,2), dl decimal(18,4), dw decimal(38,10), da date,
  ts timestamp_ntz, tz timestamp, s string, b binary, st struct<a: int, b: struct<c: string, d: date>>, l array<array<int>>,
  m map<string, struct<x: decimal(5,2), y: timestamp>>`;

const everyValue = `(1, true, -2147483648, float('nan'), double('-0.0'), 14.20, -0.0001, -1234567890123456789012345678.9012345678, DATE '1969-12-31',
    TIMESTAMP_NTZ '1969-12-31 23:59:59.999999', TIMESTAMP '1900-01-01 00:00:00Z', 'Ünï 🛫', X'00FF', named_struct('a', 1, 'b', named_struct('c', null, 'd', DATE '2024-02-29')),
    array(array(1, null), array(), null), map('k', named_struct('x', -9.99, 'y', TIMESTAMP '2020-01-01 00:00:00.000001Z'), 'n', null)),
  (2, false, 2147483647, float('-inf'), 5e-324D, -9999999.99, 99999999999999.9999, 0.0000000001, DATE '0001-01-01',
    TIMESTAMP_NTZ '0001-01-01 00:00:00', TIMESTAMP '9999-12-31 23:59:59.999999Z', '', X'', named_struct('a', null, 'b', null), array(), map()),
  (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)`;

describe.each(["1", "2"])("we read Spark's tables of format %s", (format) => {
  test.each([
    ["plain", "", ""],
    [
      "partitioned by values",
      "PARTITIONED BY (bo, da, s)",
      ", 'write.avro.compression-codec'='zstd', 'write.parquet.compression-codec'='gzip'",
    ],
    [
      "partitioned by buckets",
      "PARTITIONED BY (bucket(3, dw), bucket(4, tz), bucket(5, s))",
      ", 'write.avro.compression-codec'='snappy', 'write.parquet.compression-codec'='snappy'",
    ],
    [
      "partitioned by pieces",
      "PARTITIONED BY (truncate(10, i), truncate(2, s), truncate(50, dl), truncate(1, b))",
      ", 'write.parquet.page-version'='v2', 'write.metadata.compression-codec'='gzip'",
    ],
    ["partitioned by times", "PARTITIONED BY (years(da), months(ts), days(tz))", ""],
    ["partitioned by hours", "PARTITIONED BY (hours(ts), bucket(2, b))", ""],
  ])("%s, of every type", async (what, partitioning, properties) => {
    const name = `f${format}_${what.replaceAll(" ", "_")}`;
    await run(
      `CREATE TABLE lab.${name} (${everyType}) USING iceberg ${partitioning} TBLPROPERTIES ('format-version'='${format}'${properties})`,
      `INSERT INTO lab.${name} VALUES ${everyValue}`,
      `ALTER TABLE lab.${name} ALTER COLUMN i TYPE bigint`,
      `ALTER TABLE lab.${name} RENAME COLUMN st.b.c TO renamed`,
      `ALTER TABLE lab.${name} ADD COLUMN m.value.z double FIRST`,
      `ALTER TABLE lab.${name} DROP COLUMN st.a`,
      `ALTER TABLE lab.${name} ADD COLUMN st.a string`,
    );
    await expectSameRows(lab, name, 3);
    await run(`INSERT INTO lab.${name} SELECT * FROM lab.${name}`, `DELETE FROM lab.${name} WHERE id = 2`);
    await expectSameRows(lab, name, 4);
  });

  test("whose partitions evolved", async () => {
    const name = `f${format}_evolved`;
    const fill = `INSERT INTO lab.${name} VALUES (1, 'a', DATE '1969-12-31'), (2, 'b', DATE '2024-02-29'), (3, null, null)`;
    await run(
      `CREATE TABLE lab.${name} (id bigint, s string, d date) USING iceberg TBLPROPERTIES ('format-version'='${format}')`,
      fill,
      `ALTER TABLE lab.${name} ADD PARTITION FIELD s`,
      fill,
      `ALTER TABLE lab.${name} REPLACE PARTITION FIELD s WITH bucket(3, s)`,
      fill,
      `ALTER TABLE lab.${name} ADD PARTITION FIELD years(d) AS year`,
      fill,
      `ALTER TABLE lab.${name} DROP PARTITION FIELD year`,
      `ALTER TABLE lab.${name} RENAME COLUMN s TO t`,
      fill,
    );
    await expectSameRows(lab, name, 15);
    const table = await lab.loadTable(name);
    const found = await ourRows(lab.session, table, { filter: { op: "eq", column: "t", value: "b" } });
    expect(found.map(({ id }) => id)).toEqual(["2", "2", "2", "2", "2"]);
  });
});

const modes = [
  ["copy-on-write", "partition"],
  ["merge-on-read", "file"],
  ["merge-on-read", "partition"],
] as const;

describe.each(modes)("we read what Spark changes by %s, by %s", (mode, granularity) => {
  const name = `changed_${mode}_${granularity}`.replaceAll("-", "_");

  test("row by row", async () => {
    await run(
      `CREATE TABLE lab.${name} (id bigint, part string, n int) USING iceberg PARTITIONED BY (part) TBLPROPERTIES ('write.delete.mode'='${mode}',
        'write.update.mode'='${mode}', 'write.merge.mode'='${mode}', 'write.delete.granularity'='${granularity}', 'format-version'='2')`,
      `INSERT INTO lab.${name} SELECT id, concat('p', id % 3), 0 FROM range(60)`,
      `INSERT INTO lab.${name} SELECT id, IF(id % 3 = 0, null, concat('p', id % 3)), 0 FROM range(60, 90)`,
      `DELETE FROM lab.${name} WHERE id % 7 = 3`,
    );
    await expectSameRows(lab, name, 77);
    await run(`UPDATE lab.${name} SET n = 1, part = 'p9' WHERE id BETWEEN 10 AND 20`);
    await expectSameRows(lab, name, 77);
    await run(
      `MERGE INTO lab.${name} t USING (SELECT id, 'p1' AS part FROM range(80, 100)) s ON t.id = s.id
        WHEN MATCHED AND t.id = 80 THEN DELETE WHEN MATCHED THEN UPDATE SET n = 2 WHEN NOT MATCHED THEN INSERT (id, part, n) VALUES (s.id, s.part, 3)`,
    );
    const [count] = await lab.spark(`SELECT count(*) AS n FROM lab.${name}`);
    await expectSameRows(lab, name, Number(count?.["n"]));
  });

  test("as changes between its snapshots, as Spark's own changelog has them", async () => {
    const table = await lab.loadTable(name);
    const snapshots = table.metadata.snapshots.map((snapshot) => snapshot.snapshotId);
    // Java's changelog does not know delete files.
    const ends = mode === "merge-on-read" ? snapshots.slice(1, 2) : snapshots.slice(1);
    for (const [index, to] of ends.entries()) {
      const from = snapshots[index] ?? to;
      await run(
        `CALL ice.system.create_changelog_view(table => 'lab.${name}', changelog_view => 'changes', options => map('start-snapshot-id', '${from}', 'end-snapshot-id', '${to}'))`,
      );
      expect(sorted(await ourChanges(table, from, to))).toEqual(
        sorted(await lab.spark("SELECT id, part, n, _change_type, _commit_snapshot_id FROM changes")),
      );
    }
  });

  test("as what is different in the end", async () => {
    const table = await lab.loadTable(name);
    const [from, ...later] = table.metadata.snapshots.map((snapshot) => snapshot.snapshotId);
    for (const to of later) {
      const [before, after] = [from, to].map((id) => `SELECT * FROM lab.${name} VERSION AS OF ${id}`);
      const expected = await lab.spark(
        `SELECT 'INSERT' AS _change_type, * FROM (${after} EXCEPT ALL ${before}) UNION ALL SELECT 'DELETE', * FROM (${before} EXCEPT ALL ${after})`,
      );
      const ours = (await ourChanges(table, from ?? to, to, "range")).map(({ _change_type, id, part, n }) => ({
        _change_type,
        id,
        part,
        n,
      }));
      expect(sorted(ours)).toEqual(sorted(expected));
    }
  });

  test("after Spark's maintenance", async () => {
    const before = sorted(await ourRows(lab.session, await lab.loadTable(name)));
    const all = "options => map('rewrite-all', 'true')";
    for (const call of [
      `rewrite_position_delete_files(table => 'lab.${name}', ${all})`,
      `rewrite_manifests('lab.${name}')`,
      `rewrite_data_files(table => 'lab.${name}', strategy => 'sort', sort_order => 'id', ${all})`,
      `expire_snapshots(table => 'lab.${name}', older_than => TIMESTAMP '2999-01-01 00:00:00', retain_last => 1)`,
    ]) {
      await run(`CALL ice.system.${call}`);
      expect(sorted(await ourRows(lab.session, await lab.loadTable(name)))).toEqual(before);
    }
    expect((await lab.loadTable(name)).metadata.snapshots).toHaveLength(1);
  });
});

async function ourChanges(table: Table, from: SnapshotId, to: SnapshotId, net: "snapshot" | "range" = "snapshot") {
  const { tasks, schema } = await table.changelogScan({ from, to });
  const changes = netChanges(await changelogRelation(lab.session, table, schema, tasks), schema, net);
  const fields = [...schema.fields, ...schemaOf({ _change_type: "string", _commit_snapshot_id: "long" }).fields];
  const rows = await lab.session.rows(spelledSelect({ fields }, `SELECT * FROM ${changes}`));
  return rows.map((row) => parseSpelled(String(row["spelled"])) as Readonly<Record<string, unknown>>);
}

test("we read bytes of fixed length and uuids that Spark wrote", async () => {
  await lab.createTable("bytes", { schema: schemaOf({ id: "long", f: "fixed[4]", u: "uuid", n: "decimal(20, 3)" }) });
  await run(
    `INSERT INTO lab.bytes VALUES (1, X'00010203', 'f79c3e09-677c-4bbd-a479-3f349cb785e7', -0.001), (2, X'FFFFFFFF', null, 12345678901234567.891), (3, null, 'ffffffff-ffff-ffff-ffff-ffffffffffff', null)`,
  );
  await expectSameRows(lab, "bytes", 3);
});

test("we read what Spark appended between snapshots", async () => {
  await run("CREATE TABLE lab.appended (id bigint) USING iceberg");
  for (const id of [1, 2, 3]) await run(`INSERT INTO lab.appended VALUES (${id})`);
  const table = await lab.loadTable("appended");
  const [first] = table.metadata.snapshots;
  const plan = await table.incrementalAppendScan(first === undefined ? {} : { from: first.snapshotId });
  expect(plan.tasks).toHaveLength(2);
});

test("we read files that Spark added without field ids, with columns that only folders name", async () => {
  const folder = `${lab.folder}/plain-files`;
  await run(
    `CREATE TABLE spark_catalog.default.plain_files (id bigint, s string, st struct<a: int>, day date, code string) USING parquet PARTITIONED BY (day, code) LOCATION '${folder}'`,
    "INSERT INTO spark_catalog.default.plain_files VALUES (1, 'x', named_struct('a', 1), DATE '2024-02-29', 'a/b=c %'), (2, null, null, DATE '1969-12-31', 'z'), (3, 'y', null, null, null)",
    "CREATE TABLE lab.adopted (id bigint, s string, st struct<a: int>, day date, code string) USING iceberg PARTITIONED BY (day, code)",
    `CALL ice.system.add_files(table => 'lab.adopted', source_table => '\`parquet\`.\`${folder}\`')`,
  );
  await expectSameRows(lab, "adopted", 3);
  await run(
    "ALTER TABLE lab.adopted RENAME COLUMN s TO t",
    "ALTER TABLE lab.adopted RENAME COLUMN st.a TO b",
    "ALTER TABLE lab.adopted ALTER COLUMN st.b TYPE bigint",
    "INSERT INTO lab.adopted VALUES (4, 'new', named_struct('b', 5000000000), DATE '2024-03-01', 'n')",
  );
  await expectSameRows(lab, "adopted", 4);
  await run("DELETE FROM lab.adopted WHERE id = 2");
  await expectSameRows(lab, "adopted", 3);
});

test.each(["orc", "avro"])("we say that we do not read %s files", async (format) => {
  await run(
    `CREATE TABLE lab.in_${format} (id bigint) USING iceberg TBLPROPERTIES ('write.format.default'='${format}')`,
    `INSERT INTO lab.in_${format} VALUES (1)`,
  );
  const table = await lab.loadTable(`in_${format}`);
  await expect(rowsSql(lab.session, table)).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: expect.stringContaining(`is ${format}, and only parquet files can be read`),
  });
});

test("we say that we do not read tables of format 3", async () => {
  const third = "(id bigint) USING iceberg TBLPROPERTIES ('format-version'='3')";
  await expect(lab.spark(`CREATE TABLE lab.third ${third}`)).rejects.toThrow(notThree);
  await run(`CREATE TABLE disk.other.third ${third}`, "INSERT INTO disk.other.third VALUES (1)");
  const [newest] = await lab.spark("SELECT file FROM disk.other.third.metadata_log_entries ORDER BY timestamp DESC");
  await expect(lab.registerTable("third", `file://${String(newest?.["file"]).replace(/^file:/, "")}`)).rejects.toThrow(
    notThree,
  );
});

const notThree = /format version 3/;
